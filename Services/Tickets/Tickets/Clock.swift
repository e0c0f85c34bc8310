/// The clocks of a ticket, by the names of their timers; the timer's key is the ticket's id.
enum Clock: String {
    case firstResponse = "first-response"
    case resolution = "resolution"
}
