package import MTAPlan

extension DMA {
    package func notation(of path: String) -> Notation {
        if path.hasSuffix("auth.conf") { return .unknown }
        return Notation(
            .settings(divider: 0x20),
            harmless: ["SMARTHOST", "PORT", "ALIASES", "SPOOLDIR", "AUTHPATH", "CERTFILE", "MAILNAME", "MASQUERADE"]
        )
    }
}
