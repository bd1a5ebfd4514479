import MTAPlan
import Testing

@testable import MailServers

@Suite struct MasterCFTests {
    private static let stock = """
        # comment
        smtp      inet  n       -       y       -       -       smtpd
        smtp      unix  -       -       y       -       -       smtp
                -o smtp_bind_address=192.0.2.1
        # inside
            -o { smtp_helo_name = mail.example.com } -oinet_protocols=ipv4 -v
        broken line

        """

    @Test func `a service is read with its options, through comments and in each way they can be written`() throws {
        let services = try MasterCF(Array(Self.stock.utf8)).services()

        #expect(services.map(\.line) == [2, 3])
        #expect(services[1].chroot == "y")
        #expect(services[1].command == "smtp")
        #expect(
            services[1].arguments == [
                .option(name: "smtp_bind_address", value: "192.0.2.1"),
                .option(name: "smtp_helo_name", value: "mail.example.com"),
                .option(name: "inet_protocols", value: "ipv4"),
                .other("-v"),
            ]
        )
        #expect(services[1].option("smtp_helo_name") == "mail.example.com")
        #expect(services[1].option("smtp_bind_address6") == nil)
    }

    @Test(arguments: [stock, String(stock.dropLast()), stock.replacing("\n", with: "\r\n"), ""])
    func `our services are put in, replaced and taken out without touching the rest`(_ text: String) throws {
        let bytes = Array(text.utf8)
        var file = MasterCF(bytes)
        #expect(file.bytes == bytes)

        try file.setOurs(["mtactl-a unix - - y - - smtp", "  -o x=y"])
        #expect(try file.services().filter(\.isOurs).map(\.name) == ["mtactl-a"])
        #expect(file.bytes.starts(with: bytes))
        var again = file
        try again.setOurs(["mtactl-a unix - - y - - smtp", "  -o x=y"])
        #expect(again == file)

        try file.setOurs(["mtactl-b unix - - y - - smtp"])
        #expect(try file.services().filter(\.isOurs).map(\.name) == ["mtactl-b"])

        try file.setOurs([])
        #expect(file.bytes == bytes)
    }
}

@Suite struct MapListTests {
    @Test(arguments: [
        ("", []),
        (" , hash:/a,\thash:/b\r", ["hash:/a", "hash:/b"]),
        (
            "inline:{ {a = b}, {c = d} } pipemap:{hash:/x,static:{y:[h]:1}}",
            ["inline:{ {a = b}, {c = d} }", "pipemap:{hash:/x,static:{y:[h]:1}}"]
        ),
        ("hash:/a}, {b", ["hash:/a}", "{b"]),
    ])
    func `braces hold a table together`(_ value: String, _ items: [String]) {
        #expect(MapList.texts(value) == items)
    }
}
