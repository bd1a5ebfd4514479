internal import CLibSSH2
internal import Glibc

extension LibSSH2Session {
    /// The methods that the server would take, or `nil` with the reason in `lastError`.
    ///
    /// None when it lets the user in without any.
    func acceptedMethods(for user: String) -> [String]? {
        guard let list = unsafe libssh2_userauth_list(handle, user, UInt32(user.utf8.count)) else {
            return isLoggedIn ? [] : nil
        }
        return unsafe String(cString: list).split(separator: ",").map(String.init)
    }

    var isLoggedIn: Bool { unsafe libssh2_userauth_authenticated(handle) == 1 }

    func logIn(as user: String, password: String) -> Int32 {
        unsafe libssh2_userauth_password_ex(
            handle,
            user,
            UInt32(user.utf8.count),
            password,
            UInt32(password.utf8.count),
            nil
        )
    }

    /// Logs in by answering the server's questions as `Wire.interview` does.
    func logInAnswering(as user: String) -> Int32 {
        unsafe libssh2_userauth_keyboard_interactive_ex(handle, user, UInt32(user.utf8.count), answerQuestions)
    }
}

/// Answers what a server asks when logging in: the first hidden question gets the password, all others nothing.
final class KeyboardInteractiveAnswers {
    private let password: String
    private var isAnswered = false
    /// The questions that had no answer.
    private(set) var unanswered: [String] = []

    init(password: String) { self.password = password }

    /// `isShown` says whether the answer may be seen when typed.
    func answer(to question: String, isShown: Bool) -> String {
        guard !isShown, !isAnswered else {
            unanswered.append(question)
            return ""
        }
        isAnswered = true
        return password
    }
}

private let answerQuestions:
    @convention(c) (
        UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Int32,
        UnsafePointer<LIBSSH2_USERAUTH_KBDINT_PROMPT>?, UnsafeMutablePointer<LIBSSH2_USERAUTH_KBDINT_RESPONSE>?,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Void = { _, _, _, _, count, prompts, responses, abstract in
        guard let pointer = unsafe abstract?.pointee, let prompts = unsafe prompts, let responses = unsafe responses
        else { return }
        let wire = unsafe Unmanaged<Wire>.fromOpaque(pointer).takeUnretainedValue()
        for index in 0..<max(0, Int(count)) {
            let prompt = unsafe prompts[index]
            let text = unsafe UnsafeRawBufferPointer(start: prompt.text, count: Int(prompt.length))
            let answer =
                wire.interview?.answer(
                    to: unsafe String(decoding: text, as: UTF8.self),
                    isShown: unsafe prompt.echo != 0
                ) ?? ""
            // libssh2 frees it with the allocator of the session, which is the C library's.
            unsafe responses[index].text = strdup(answer)
            unsafe responses[index].length = UInt32(answer.utf8.count)
        }
    }
