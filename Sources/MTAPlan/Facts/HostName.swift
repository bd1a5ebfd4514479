extension Facts {
    /// The host's own full name, or `localhost` where what it says cannot be one.
    ///
    /// It becomes part of addresses, so a host cannot put anything but a name into them.
    package var hostName: String {
        guard let name = text("host.name"), name.contains(where: \.isLetter), name.utf8.count <= 253,
            name.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            })
        else { return "localhost" }
        return name
    }
}
