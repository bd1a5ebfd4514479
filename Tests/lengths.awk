# Functions whose body has more than 40 lines, and protocols with more than 8 requirements.
# swift-format has made the indentation regular.
function complain(what) { printf "%s:%d: %s: %s\n", FILENAME, start, what, name }
FNR == 1 { body = 0; inside = 0 }
!body && /^ *(@[A-Za-z]+(\([^)]*\))? )*((package|public|private|fileprivate|internal|static|mutating|nonisolated|override|final|class|consuming|borrowing|convenience|required|isolated) )*(func |init[?]?[(<]|deinit |subscript[(<])/ {
    start = FNR; name = $0; sub(/^ */, "", name); waits = 1
    match($0, /^ */); own = substr($0, 1, RLENGTH) "}"
}
waits && /\{$/ { body = FNR; waits = 0; next }
waits && /\}$/ { waits = 0 }
body && index($0, own) == 1 {
    if (FNR - body - 1 > 40) complain((FNR - body - 1) " lines")
    body = 0
}
/^(package |public |internal |private |fileprivate )?protocol .*\{$/ { inside = 1; count = 0; from = FNR; protocol = $0 }
inside && /^    ((static|mutating) )*(var|func|init|subscript|associatedtype)[ (<]/ { count++ }
inside && /^\}/ { inside = 0; if (count > 8) { start = from; name = protocol; complain(count " requirements") } }
