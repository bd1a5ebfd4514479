/// The agent's program, as it is sent to hosts: the files of `Agent`, which are functions, and `agent.sh`, which calls them.
package enum AgentProgram {
    package static let text: [UInt8] = [
        PackageResources.folders_sh, PackageResources.disarm_sh, PackageResources.tools_sh, PackageResources.runs_sh,
        PackageResources.backup_sh,
        PackageResources.dead_man_sh, PackageResources.staging_sh, PackageResources.swap_sh,
        PackageResources.settings_sh, PackageResources.message_sh,
        PackageResources.ending_sh, PackageResources.kept_runs_sh, PackageResources.agent_sh,
    ].flatMap(\.self)
}

/// The restore program, as it is kept with each backup: `restore.sh`, and of the agent's what it needs.
package enum RestoreProgram {
    package static let text: [UInt8] =
        Array(
            "#!/bin/sh\n# Built from three files: the last one begins with what this is and how it is called.\n\n"
                .utf8
        )
        + PackageResources.folders_sh + Array("\n".utf8) + PackageResources.disarm_sh + Array("\n".utf8)
        + PackageResources.restore_sh
}
