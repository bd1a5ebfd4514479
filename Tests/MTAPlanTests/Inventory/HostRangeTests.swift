import Testing

@testable import MTAPlan

@Suite struct HostRangeTests {
    @Test(arguments: [
        ("a", ["a"]), ("www[08:11]", ["www08", "www09", "www10", "www11"]), ("n[1:3].x", ["n1.x", "n2.x", "n3.x"]),
        ("n[0:10:5]", ["n0", "n5", "n10"]), ("db-[a:c]", ["db-a", "db-b", "db-c"]), ("[y:A]", ["y", "z", "A"]),
        ("r[1:2]h[a:b]", ["r1ha", "r1hb", "r2ha", "r2hb"]), ("n[:2]", ["n0", "n1", "n2"]),
        ("[2001:db8::1]", ["2001:db8::1"]), ("a[3:1]", []), ("-x:22", ["-x:22"]), ("a_:22", ["a_:22"]),
    ])
    func `a range stands for its names`(text: String, expected: [String]) throws {
        #expect(try HostRange.expand(text).names == expected)
    }

    @Test(arguments: [
        "", "---", "a:", "a[1:", "a]", "a[1]", "a[01:100]", "a[c:a]", "a[1:b]", "a[1:9:0]", "a[1:9:-1]",
        "a[0:99999999]",
        "a[1:999][1:999]", "a[ab:cd]", "a\u{0}",
    ])
    func `what is no range is an error`(text: String) {
        #expect(throws: TextForm.Fault.self) { try HostRange.expand(text) }
    }

    @Test(arguments: [
        ("a:22", "a", 22), ("[::1]:22", "::1", 22), ("a[1:1]:22", "a1", 22), ("a.b-c_d.e:99999", "a.b-c_d.e", 99_999),
        ("[a]:22", "a", 22),
    ])
    func `a port may stand behind the name`(text: String, name: String, port: Int) throws {
        let (names, found) = try HostRange.expand(text)
        #expect(names == [name])
        #expect(found == port)
    }
}
