import MTAPlan
import Testing

@testable import Drivers

@Suite("Shell programs on their way")
struct ShellProgramTests {
    private func compact(_ text: String) -> String {
        String(decoding: ShellProgram.compact(Array(text.utf8)), as: UTF8.self)
    }

    @Test func `comments, empty lines and indentation are left out`() {
        #expect(compact("# one\n\nif a; then\n    # two\n\tb # three\nfi") == "if a; then\nb # three\nfi")
    }

    @Test(arguments: [
        "a='\n   # kept\n\n   b'\n", "a=\"\n   # kept \\\"\n\n   b\"\n", "a \\\n    b\n", "a='it'\\''s\n  x'\n",
        "echo $# \"${a#'}\n  b\"\n", "cat <<END\n  # kept\n\nEND\n", "x # it's\ny\n",
        "case $a in *\\'*) b ;; esac\nc\n",
    ]) func `what a shell would not skip stays`(text: String) {
        #expect(compact(text) == text)
    }

    @Test func `after them it goes on`() {
        #expect(compact("a='\n  b'\n    c\n") == "a='\n  b'\nc\n")
        #expect(compact("a \\\n    b\n    c\n") == "a \\\n    b\nc\n")
        #expect(compact("x # it's\n    # comment\n    y\n") == "x # it's\ny\n")
    }

    @Test func `once is enough`() {
        let program = PackageResources.facts_sh
        let once = ShellProgram.compact(program)
        #expect(ShellProgram.compact(once) == once)
        #expect(once.count < program.count)
    }
}
