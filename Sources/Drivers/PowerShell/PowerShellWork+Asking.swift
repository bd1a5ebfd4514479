internal import MTAPlan

extension PowerShellWork {
    /// How long a smarthost may take for each of its answers, in seconds.
    static let answerTime = 15

    /// The calls that ask smarthosts what they offer.
    var asking: [ExecutorCall] {
        inquiries.enumerated().flatMap { number, inquiry in
            inquiry.hosts.enumerated().map { place, host in
                ExecutorCall(
                    "ask-\(number)-\(place)",
                    "smtp.ask",
                    [("Name", .text(host)), ("Port", .number(inquiry.port)), ("Seconds", .number(Self.answerTime))],
                    tells: ["Greeting", "Offered", "Secured", "Trouble"],
                    isNeeded: false
                )
            }
        }
    }

    /// What each host of an inquiry said.
    func said(
        to inquiry: SmarthostInquiry,
        _ number: Int,
        in answer: ExecutorAnswer
    ) -> [SmarthostInquiry.Answer] {
        inquiry.hosts.indices.map { place in
            guard let said = answer.objects("ask-\(number)-\(place)").first else { return SmarthostInquiry.Answer() }
            let lines = { (name: String) in said.texts(name).isEmpty ? nil : said.texts(name) }
            return SmarthostInquiry.Answer(
                greeting: lines("Greeting"),
                offered: lines("Offered"),
                secured: lines("Secured"),
                trouble: said.text("Trouble")
            )
        }
    }
}
