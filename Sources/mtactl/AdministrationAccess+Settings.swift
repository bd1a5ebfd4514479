import Drivers
import MTAPlan
import MailServers

extension AdministrationAccess {
    /// To Kerio Connect's administration; `nil` where no account for it is given.
    init?(of extras: ServerExtras) {
        let kerio = Kerio()
        guard let settings = extras[KerioSettings.self], let login = settings.adminLogin,
            let interface = kerio.interface
        else { return nil }
        let planner = Planner(catalog: Catalog.products)
        self.init(
            server: kerio.name,
            interface: interface,
            port: settings.adminPort,
            login: login,
            rulePasswords: settings.rulePasswords,
            isThere: { facts in planner.recognised(in: facts).contains { $0.name == kerio.name } }
        )
    }
}
