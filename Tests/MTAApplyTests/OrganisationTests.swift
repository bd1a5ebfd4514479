import MTAApply
import MTAPlan
import Testing

@Suite struct OrganisationTests {
    private func planned(_ host: String, _ organisation: String?, play: String = "a", changes: Bool = true)
        -> (plan: SitePlan?, result: SiteRecord)
    {
        let edit = Edit(.object, "Send connector", .create, diff: "")
        let work = Work.powerShell(PowerShellWork(expectations: [], snapshot: [], steps: [], checks: []))
        var plan = SitePlan(
            host: host,
            play: play,
            server: nil,
            disposition: changes ? .change([edit], work) : .asAsked
        )
        plan.organisation = organisation
        return (plan, SiteRecord(plan, duration: .zero))
    }

    @Test func `an organisation is changed once, through the first host that has something to change`() {
        let united = Organisation.united([
            planned("ex1", "o1", changes: false), planned("ex2", "o1"), planned("ex3", "o1"), planned("mx1", nil),
            planned("mx2", nil), planned("ex4", "o2"), planned("ex5", "o1", play: "b"),
        ])
        #expect(
            united.map(\.result.outcome)
                == [.asAsked, .wouldChange, .asAsked, .wouldChange, .wouldChange, .wouldChange, .wouldChange]
        )
        #expect(united[2].plan?.notes == ["its organisation is changed once, through ex2"])
    }
}
