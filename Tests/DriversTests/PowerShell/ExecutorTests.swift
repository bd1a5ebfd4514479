import Drivers
import MTAPlan
import Support
import Testing

/// What goes to the executor, and what is made of its answers.
@Suite struct ExecutorTests {
    private static let call = PowerShellCall(
        "New-SendConnector",
        [
            .init("Name", .text("Größe\t1")), .init("SmartHosts", .list(["a.example.net", "[192.0.2.1]"])),
            .init("Port", .number(587)), .init("DNSRoutingEnabled", .flag(false)), .init("Fqdn", .nothing),
            .init("AuthenticationCredential", .credential(username: "out", password: .environment("PASSWORD"))),
        ],
        tells: [.init("Guid"), .init("Name")]
    )
    private static let secrets = Secrets([.environment("PASSWORD"): Secret("p0is0n\t\n")])

    @Test func `the command line is the same each time, holds no quotes and fits cmd.exe`() {
        let line = PowerShellProgram.commandLine
        #expect(line.utf8.count < 8191)
        #expect(line.allSatisfy { $0.isLetter || $0.isNumber || "-. +/=".contains($0) })
    }

    @Test func `a document has one field a value, whatever is in the value`() throws {
        let document = ExecutorDocument(nonce: "00ff", calls: [ExecutorCall("new", Self.call)])
        let lines = try document.text(secrets: Self.secrets).split(separator: "\n")
        #expect(lines[0] == "nonce\t00ff")
        #expect(lines[1] == "login\tl1\tb3V0\tcDBpczBuCQo=")
        #expect(lines[2] == "shell\tauto")
        #expect(lines[3] == "call\tnew\tNew-SendConnector\tmust")
        #expect(lines[4] == "arg\tName\ttext\tR3LDtsOfZQkx")
        #expect(lines[5] == "arg\tSmartHosts\tlist\tYS5leGFtcGxlLm5ldA==,WzE5Mi4wLjIuMV0=")
        #expect(lines[6...8] == ["arg\tPort\tnumber\t587", "arg\tDNSRoutingEnabled\tflag\t0", "arg\tFqdn\tnull"])
        #expect(lines[9...] == ["arg\tAuthenticationCredential\tlogin\tl1", "get\tGuid", "get\tName"])
    }

    @Test func `a password that is no text is refused before anything is sent`() {
        let secrets = Secrets([.environment("PASSWORD"): Secret([0xFF])])
        let document = ExecutorDocument(nonce: "00ff", calls: [ExecutorCall("new", Self.call)])
        #expect(throws: Failure.self) { try document.text(secrets: secrets) }
    }

    private static func answer(_ text: String, ids: [String], nonce: String = "00ff") throws(Failure) -> ExecutorAnswer
    {
        let body = String(decoding: Base64.bytes(Array(text.utf8)), as: UTF8.self)
        let output = "Welcome!\r\n<<MTACTL:00ff:\(body)>>\r\n"
        return try ExecutorAnswer(
            output: Array(output.utf8),
            nonce: nonce,
            calls: ids.map { ExecutorCall($0, "host.facts") }
        )
    }

    @Test func `an answer is found in the noise, and every kind of value read`() throws {
        let text = """
            mtactl\t1
            shell\tremote
            call\ta\tok
            object
            prop\tGuid\ttext\tZzE=
            prop\tSpaces\tlist\tYQ==,Yg==
            prop\tFqdn\tnull
            prop\tTlsDomain\tabsent
            call\tb\tok
            call\tb\tfailed
            error\tbm8=\tSWQ=\tQ2F0
            call\tc\tskipped
            end\t3

            """
        let answer = try Self.answer(text, ids: ["a", "b", "c"])
        #expect(answer.shell == "remote")
        let properties =
            ["Guid": .text("g1"), "Spaces": .list(["a", "b"]), "Fqdn": .nothing] as [String: PowerShellObject.Value]
        #expect(answer["a"] == .objects([PowerShellObject(properties)]))
        #expect(answer["b"] == .failed(.init(message: "no", id: "Id", category: "Cat")))
        #expect(answer["c"] == .skipped)
    }

    @Test(arguments: [
        "", "mtactl\t1\nend\t1\n", "mtactl\t2\ncall\ta\tok\nend\t1\n", "mtactl\t1\ncall\ta\tok\n",
        "mtactl\t1\ncall\tz\tok\nend\t1\n", "mtactl\t1\ncall\ta\tok\nprop\tx\ttext\t!\nend\t1\n",
        "mtactl\t1\ncall\ta\tmaybe\nend\t1\n", "mtactl\t1\nobject\ncall\ta\tok\nend\t1\n",
    ])
    func `an answer that is not whole is refused`(text: String) {
        #expect(throws: Failure.self) { try Self.answer(text, ids: ["a"]) }
    }

    @Test func `another document's answer is refused`() {
        #expect(throws: Failure.self) { try Self.answer("mtactl\t1\ncall\ta\tok\nend\t1\n", ids: ["a"], nonce: "0000") }
    }

    @Test func `of CLIXML only the errors are shown`() {
        let text = """
            #< CLIXML
            <Objs Version="1.1.0.1"><Obj S="progress"><MS><S N="x">Preparing modules for first use.</S></MS></Obj>\
            <S S="Error">'x' is &lt;not&gt; recognised_x000D__x000A_</S></Objs>
            end
            """
        #expect(CLIXML.text(Array(text.utf8)) == "'x' is <not> recognised\nend")
    }

    /// An error that came first was left out, and `_x000_x000D_A_` was a line break in some runs and not in others.
    @Test(arguments: [
        ("#< CLIXML<S S=\"Error\">first</S><S S=\"Error\">_x000A_second</S></Objs>", "first\nsecond"),
        (
            "#< CLIXML\r\n<Objs><S S=\"Error\">a_x000_x000D_A_b &amp;lt; _x005F_x000A_</S></Objs>",
            "a_x000A_b &lt; _x000A_"
        ),
        ("#< CLIXML\r\n<Objs><S S=\"Error\">_x001B_[2J_xD83D__xDE00_ _xZZZZ_ _x00", "\\x1b[2J😀 _xZZZZ_ _x00"),
        ("one\r\n#< CLIXML</Objs>\r\ntwo\r\n", "one\ntwo"),
    ])
    func `errors are read as PowerShell writes them`(text: String, errors: String) {
        #expect(CLIXML.text(Array(text.utf8)) == errors)
    }

    @Test(arguments: [
        "Active Directory operation failed on . The supplied credential for 'EXAMPLE\\Administrator' is invalid.",
        "Value cannot be null. Parameter name: parameters",
        "WinRM: error 0x8009030e: A specified logon session does not exist.",
    ])
    func `a login that cannot be passed on is explained, with the ways out`(words: String) async throws {
        let host = FakeWindowsHost()
        host.with { $0.failing["Get-SendConnector"] = words }
        let questions = WindowsQuestions(asking: [AskingForConnectors()])
        let site = FakeWindowsSite(host, questions: questions)

        let failure = await #expect(throws: Failure.self) { try await site.session.facts(for: .plan, files: []) }

        #expect(failure?.problem.contains("login by key") == true)
        #expect(failure?.hint?.contains("shell-login") == true)
        #expect(failure?.hint?.contains("mtactl script") == true)
    }

    @Test func `facts are one document, and a cmdlet that is not there is told apart`() async throws {
        let host = FakeWindowsHost(connectors: [DriverBench.connector])
        let site = FakeWindowsSite(host, questions: WindowsQuestions(asking: [AskingForConnectors()]))

        let facts = try await site.session.facts(for: .plan, files: [])

        #expect(facts.objects["exchange.connectors"]?.objects.count == 1)
        #expect(facts.hostName == "ex01.example.com")
        #expect(host.with { $0.documents.count } == 1)
    }
}

private struct AskingForConnectors: Product {
    let recognition = Recognition("exchange")
    let questions = [
        PowerShellQuestion(
            "exchange.connectors",
            PowerShellCall("Get-SendConnector", tells: [.init("Guid"), .init("Name")])
        )
    ]
}
