package import MTAPlan

extension Nullmailer {
    package func notation(of path: String) -> Notation {
        Notation(.options, harmless: ["port", "auth-login", "source", "x509cafile"])
    }
}
