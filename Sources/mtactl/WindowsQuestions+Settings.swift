import Drivers
import MTAPlan
import MailServers

extension WindowsQuestions {
    /// What all products want to know, asked with the account for Exchange's shell where one is given.
    init(of extras: ServerExtras) {
        self.init(asking: Catalog.products, login: extras[ExchangeSettings.self]?.shellLogin)
    }
}
