/// The agent's program, as it is sent to hosts: the files of `Agent`, which are functions, and `agent.sh`, which calls them.
package enum AgentProgram {
    package static let text: [UInt8] = [
        PackageResources.tools_sh, PackageResources.runs_sh, PackageResources.backup_sh, PackageResources.dead_man_sh,
        PackageResources.staging_sh, PackageResources.swap_sh, PackageResources.message_sh, PackageResources.ending_sh,
        PackageResources.kept_runs_sh, PackageResources.agent_sh,
    ].flatMap(\.self)
}
