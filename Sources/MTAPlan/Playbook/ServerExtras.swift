/// Settings that only one mail server has, as they stand in the playbook under its name.
package struct ServerExtras: Sendable, Equatable {
    package init() {}
}
