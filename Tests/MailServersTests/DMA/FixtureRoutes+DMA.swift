import MTAPlan

extension FixtureRoutes {
    static let dma: [String: Routes] = [
        "DMA/all-by-address": together(via: unverified),
        "DMA/all-with-login": together(via: filter),
        "DMA/all-with-login-again": together(via: filter),
        "DMA/routes-taken-back": Routes(),
        "DMA/opportunistic": together(via: plain),
        "DMA/login-in-clear": together(via: clear),
        "DMA/nothing-asked": Routes(),
        "DMA/a-smarthost-of-another": together(via: filter),
        "DMA/refuses-verified": together(via: oneVerified),
        "DMA/refuses-bounces-apart": everyone(via: filter),
        "DMA/refuses-an-opportunistic-login": together(
            via: Smarthost(
                name: "loose",
                hosts: ["relay.example.net"],
                tls: .opportunistic,
                login: Login(username: "out", password: .environment("FILTER"))
            )
        ),
        "DMA/refuses-a-word-that-dma-does-not-know": together(via: filter),
        "DMA/refuses-a-login-that-is-none": together(via: filter),
    ]
}
