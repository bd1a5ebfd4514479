internal import Foundation
package import MTAPlan

/// A session with an administration interface: JSON-RPC 2.0 over HTTPS, through a tunnel to the host itself.
///
/// It logs in with the first call, once more where the session has expired, and out with `close`.
package actor APISession: AdministrationCaller {
    private let access: AdministrationAccess
    private let password: Secret
    private let connect: @Sendable () async throws(Failure) -> any Shell
    private var connection: HTTPSConnection?
    private var session: (token: String, cookie: String)?
    private var number = 0

    /// `connect`: Opens a tunnel to the interface's port.
    package init(
        _ access: AdministrationAccess,
        password: Secret,
        connect: @escaping @Sendable () async throws(Failure) -> any Shell
    ) {
        self.access = access
        self.password = password
        self.connect = connect
    }

    package func call(_ method: String, _ parameters: APIValue) async throws(Failure) -> APIAnswer {
        if session == nil { try await logIn() }
        let (answer, _) = try await send(method, parameters)
        guard case .failed(access.interface.expiredCode, _) = answer else { return answer }
        try await logIn()
        return try await send(method, parameters).answer
    }

    private func logIn() async throws(Failure) {
        session = nil
        guard let text = String(validating: password.reveal(), as: UTF8.self) else {
            throw Failure("the password of `\(access.login.username)` for the administration interface is not text")
        }
        let parameters = APIValue.object([
            "userName": .text(access.login.username), "password": .text(text),
            "application": .object(["name": .text("mtactl"), "vendor": .text("mtactl"), "version": .text("1")]),
        ])
        let (answer, cookies) = try await send(access.interface.logIn, parameters)
        if let trouble = answer.trouble { throw .notLetIn(access.login, trouble) }
        let prefix = "\(access.interface.cookie)="
        let cookie = cookies.last { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).prefix { $0 != ";" } }
        guard let token = answer.result?["token"]?.text, let cookie, Self.isWord(token), Self.isWord(cookie) else {
            throw Failure("the administration interface answered a login without a session")
        }
        session = (token, String(cookie))
    }

    /// What can be in a header.
    private static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 4096
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
    }

    private func send(
        _ method: String,
        _ parameters: APIValue
    ) async throws(Failure) -> (answer: APIAnswer, cookies: [String]) {
        number += 1
        let request = try request(method, parameters)
        let answer = try await post(request)
        guard answer.status == 200 else {
            throw Failure(
                "the administration interface answered with HTTP status \(answer.status)",
                hint: "is \(access.port) the port of the administration interface?"
            )
        }
        return (try Self.read(answer.body, number: number), answer.cookies)
    }

    private func request(
        _ method: String,
        _ parameters: APIValue
    ) throws(Failure) -> HTTPSConnection.Request {
        let body = APIValue.object([
            "jsonrpc": .text("2.0"), "id": .integer(number), "method": .text(method), "params": parameters,
        ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do { bytes = [UInt8](try encoder.encode(body)) } catch {
            // The error may quote what could not be written.
            throw Failure("a call of `\(method)` cannot be written as JSON")
        }
        var headers = [
            ("Host", "127.0.0.1:\(access.port)"), ("Content-Type", access.interface.contentType),
            ("Accept", "application/json-rpc, application/json"),
        ]
        if let session {
            headers += [("X-Token", session.token), ("Cookie", "\(access.interface.cookie)=\(session.cookie)")]
        }
        return HTTPSConnection.Request(path: access.interface.path, headers: headers, body: bytes)
    }

    /// Over the connection that is there, or a new one.
    ///
    /// A connection that has been idle may have been closed by the other side. The same call is sent again then: each
    /// of them leaves the same behind when it is done twice.
    private func post(_ request: HTTPSConnection.Request) async throws(Failure) -> HTTPSConnection.Answer {
        if let connection {
            self.connection = nil
            if await !connection.isOver {
                do throws(Failure) {
                    let answer = try await connection.post(request, within: Self.patience)
                    self.connection = connection
                    return answer
                } catch {
                    await connection.close()
                }
            } else {
                await connection.close()
            }
        }
        let made = try await HTTPSConnection(over: try await connect())
        do throws(Failure) {
            let answer = try await made.post(request, within: Self.patience)
            connection = made
            return answer
        } catch {
            await made.close()
            throw error
        }
    }

    private static let patience = Duration.seconds(60)

    /// The answer that a body has to the call with this number.
    ///
    /// - Throws: If it is not an answer to this call.
    package static func read(_ body: [UInt8], number: Int) throws(Failure) -> APIAnswer {
        let value: APIValue
        do { value = try JSONDecoder().decode(APIValue.self, from: Data(body)) } catch { throw .noAnswer }
        if let error = value["error"], error != .null {
            guard let code = error["code"]?.integer else { throw .noAnswer }
            return .failed(code: code, message: String((error["message"]?.text ?? "").prefix(1000)))
        }
        guard value["id"] == .integer(number), let result = value["result"] else { throw .noAnswer }
        return .result(result)
    }

    package func close() async {
        if session != nil {
            // The caller has its answers already; a session that cannot be ended expires.
            do throws(Failure) { _ = try await send(access.interface.logOut, .object([:])) } catch { session = nil }
        }
        session = nil
        await connection?.close()
        connection = nil
    }
}

extension Failure {
    fileprivate static let noAnswer = Failure(
        "the administration interface sent something that is not an answer to the call",
        hint: "is it the port of the administration interface?"
    )

    fileprivate static func notLetIn(_ login: Login, _ words: String) -> Failure {
        Failure(
            "the administration interface does not let `\(Printable.line(login.username))` log in: \(words)",
            hint:
                "are the user name and the password (\(login.password)) correct, and is the account an administrator's?"
        )
    }
}
