import ArgumentParser
import MTAApply
import MTAPlan

extension CommandContext {
    func confirm(_ question: String, hint: String) throws -> Bool {
        do throws(Failure) {
            return try terminal.confirm(question, hint: hint)
        } catch {
            terminal.complain(error)
            throw ExitCode(ExitStatus.notDone.rawValue)
        }
    }
}
