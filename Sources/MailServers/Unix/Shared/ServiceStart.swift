import MTAPlan

extension Command {
    /// Restarts a service, through whatever supervises it.
    static func starting(_ service: String) -> Command {
        Command(program: PackageResources.service_start_sh, [service])
    }
}
