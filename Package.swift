// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled with the same settings, so a file can move between targets unchanged.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "_CryptoExtras", package: "swift-crypto")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// How each product is recognised on a host and what is asked about it, in `Sources/MailServers`.
let factsScripts = [
    "Appliances/IceWarp/icewarp-facts.sh",
    "Appliances/Kerio/kerio-facts.sh",
    "Unix/CPanel/cpanel-facts.sh",
    "Unix/DMA/dma-facts.sh",
    "Unix/DirectAdmin/directadmin-facts.sh",
    "Unix/Exim/exim-facts.sh",
    "Unix/Msmtp/msmtp-facts.sh",
    "Unix/Nullmailer/nullmailer-facts.sh",
    "Unix/OpenSMTPD/opensmtpd-facts.sh",
    "Unix/Plesk/plesk-facts.sh",
    "Unix/Postfix/postfix-facts.sh",
    "Unix/Qmail/qmail-facts.sh",
    "Unix/SSMTP/ssmtp-facts.sh",
    "Unix/Sendmail/sendmail-facts.sh",
    "Unix/Suites/suites-facts.sh",
]

/// Whose folder in `Sources/MailServers` has shell programs that are run on hosts.
let programs =
    [
        "CPanel", "DMA", "DirectAdmin", "Exim", "Msmtp", "Nullmailer", "OpenSMTPD", "Postfix", "Qmail", "SSMTP",
        "Sendmail", "Shared",
    ]
    .map { "Unix/\($0)" } + ["Appliances/IceWarp"]

/// What `agent.sh` calls, in `Sources/Drivers/POSIX`.
let agentParts = [
    "folders", "disarm", "tools", "runs", "backup", "dead-man", "staging", "swap", "settings", "message", "ending",
    "kept-runs",
]
.map { "Agent/\($0).sh" }

let package = Package(
    name: "mtactl",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .executableTarget(
            name: "mtactl",
            dependencies: [
                "Console", "Drivers", "MTAApply", "MTAPlan", "MailServers", "SSH", logging, subprocess, system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Console",
            dependencies: [system],
            swiftSettings: strict
        ),
        .target(
            name: "MTAPlan",
            dependencies: [.product(name: "Yams", package: "Yams"), crypto],
            swiftSettings: strict
        ),
        .target(
            name: "MailServers",
            dependencies: ["MTAPlan"],
            resources: factsScripts.map { .embedInCode($0) } + programs.map { .embedInCode("\($0)/Programs") },
            swiftSettings: strict
        ),
        .target(
            name: "Drivers",
            dependencies: [
                "MTAPlan", "SSH", asn1, crypto, logging, nioCore, nioEmbedded, nioHTTP, nioSSL, subprocess,
            ],
            resources: (agentParts + ["agent.sh", "facts.sh", "restore.sh"]).map { .embedInCode("POSIX/\($0)") }
                + ["bootstrap", "executor", "restore", "script"].map { .embedInCode("PowerShell/\($0).ps1") },
            swiftSettings: strict
        ),
        .target(
            name: "MTAApply",
            dependencies: ["Drivers", "MTAPlan", grdb, system],
            swiftSettings: strict
        ),
        .target(
            name: "SSH",
            dependencies: ["CLibSSH2", logging, nioCore, nioLocks, nioPosix, crypto, cryptoExtras, subprocess],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),

        .target(
            name: "Support",
            dependencies: ["Drivers", "MTAApply", "MTAPlan", "MailServers"],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        .target(
            name: "FuzzParsers",
            dependencies: ["Drivers", "MTAApply", "MTAPlan", "MailServers", "SSH", "Support"],
            path: "Tests/Fuzz/Parsers",
            swiftSettings: strict
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["FuzzParsers", "Support"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SSHTests",
            dependencies: ["Drivers", "MTAPlan", "SSH", "Support", nioCore, nioPosix, crypto, subprocess],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MTAPlanTests",
            dependencies: ["MTAPlan", "MailServers", "Support", subprocess],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MailServersTests",
            dependencies: ["Drivers", "MailServers", "MTAPlan", "Support"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DriversTests",
            dependencies: ["Drivers", "MTAPlan", "MailServers", "Support", crypto, subprocess],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MTAApplyTests",
            dependencies: ["Drivers", "MTAApply", "MTAPlan", "MailServers", "Support", crypto, grdb, subprocess],
            swiftSettings: strict
        ),
        .testTarget(
            name: "mtactlTests",
            dependencies: [
                "MTAPlan", "mtactl", subprocess, system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Help", "Inventories", "Ways"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LabTests",
            dependencies: [subprocess, system],
            exclude: ["Appliances/cells.json", "Exchange/cells.json", "Faults/faults.json", "Matrix/cells.json"],
            swiftSettings: strict
        ),
    ]
)

// libFuzzer brings the program's beginning along, so this links only with `--sanitize fuzzer`: see `make fuzz`.
if Context.environment["MTACTL_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CLibFuzzer", "FuzzParsers"],
            path: "Tests/Fuzz/Driver",
            swiftSettings: strict
        ),
    ]
}
