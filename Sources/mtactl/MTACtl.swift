import ArgumentParser

@main
struct MTACtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mtactl",
        abstract: "Move mail servers onto a smarthost over SSH, prove it, and put them back if it goes wrong."
    )
}
