/// How a product is administered by calls of JSON-RPC 2.0 over HTTPS: what is called how.
///
/// The list of relay rules is read and written as a whole.
package struct AdministrationInterface: Sendable {
    /// The port on the host itself, where nothing else is said.
    package var port: Int
    /// Of the URL: `/admin/api/jsonrpc`.
    package var path: String
    /// Of each request's body.
    package var contentType: String
    /// The cookie that a session has, besides the header `X-Token`.
    package var cookie: String
    /// The error that says that a session has expired.
    package var expiredCode: Int
    package var logIn = "Session.login"
    package var logOut = "Session.logout"
    package var rules: (read: String, write: String)
    package var settings: (read: String, write: String)
    package var log: String
    /// What is asked for facts.
    package var questions: [Question]
    /// Under which questions the facts have the list of rules, and the settings.
    package var rulesKey: String

    package init(
        port: Int,
        path: String,
        contentType: String,
        cookie: String,
        expiredCode: Int,
        rules: (read: String, write: String),
        settings: (read: String, write: String),
        log: String,
        questions: [Question],
        rulesKey: String
    ) {
        self.port = port
        self.path = path
        self.contentType = contentType
        self.cookie = cookie
        self.expiredCode = expiredCode
        self.rules = rules
        self.settings = settings
        self.log = log
        self.questions = questions
        self.rulesKey = rulesKey
    }

    /// Its answer is in `Facts.calls` under the key.
    package struct Question: Sendable, Hashable {
        package var key: String
        package var method: String
        package var parameters: APIValue
        /// Asked only for `mtactl facts`.
        package var isForSurvey: Bool

        package init(_ key: String, _ method: String, _ parameters: APIValue = .object([:]), isForSurvey: Bool = false)
        {
            self.key = key
            self.method = method
            self.parameters = parameters
            self.isForSurvey = isForSurvey
        }
    }

    /// Under which key the facts say why the interface could not be asked: the problem, and in a second line the hint.
    package static let troubleKey = "administration.trouble"
}
