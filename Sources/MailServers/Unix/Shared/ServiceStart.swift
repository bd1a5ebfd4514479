import MTAPlan

extension Command {
    /// Starts a service anew, through whatever supervises it.
    static func starting(_ service: String) -> Command {
        [
            "sh", "-c",
            #"if [ -d /run/systemd/system ]; then exec systemctl restart "$1"; else exec service "$1" restart; fi"#,
            "sh",
            service,
        ]
    }
}
