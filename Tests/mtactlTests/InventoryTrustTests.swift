import Testing

/// An inventory that nobody named is read, and its programs run, only where nobody else can have put it.
@Suite struct InventoryTrustTests {
    /// What others may do, and what is in the inventory.
    static let openings = ["chmod 777 .", "chmod 1777 .", "chmod 777 Inventory", "chmod 666 Inventory/hosts", "true"]

    @Test(arguments: openings)
    func `what others may write to is not read by itself, nor run`(_ opening: String) async throws {
        let place = try Workplace()

        let ended = try await place.shell(
            """
            unset MTACTL_INVENTORY; mkdir Inventory
            echo 'ours.example address=127.0.0.1 port=1' >Inventory/hosts
            printf '#!/bin/sh\\ntouch ../ran ran\\necho {}\\n' >Inventory/program && chmod 755 Inventory/program
            \(opening)
            $mtactl lint relay.yml; $mtactl facts; ls
            """
        )

        let isOpen = opening != "true"
        #expect(ended.errors.contains("not used automatically") == isOpen, "\(ended.errors)")
        #expect(ended.output.contains("ran\n") != isOpen, "\(ended.output) \(ended.errors)")
    }

    /// Whoever names it has looked at it.
    @Test func `what is named is read wherever it is`() async throws {
        let place = try Workplace()

        let ended = try await place.shell(
            "mkdir Inventory; echo 'ours.example address=127.0.0.1 port=1' >Inventory/hosts; chmod 777 . Inventory; "
                + "$mtactl facts -i Inventory"
        )

        #expect(!ended.errors.contains("not used automatically"), "\(ended.errors)")
        #expect((ended.output + ended.errors).contains("ours.example"))
    }
}
