import Foundation
import Testing

/// Text is parted by scalars or bytes. By Character a sign with a combining mark behind it is another sign: a quote breaks out of a cell, a
/// NUL reaches the database, a comma parts nothing.
///
/// The lint finds work on delimiters by Character. What is left is on words that we have written ourselves, on addresses and names that
/// refuse what is not ASCII anyway, or on the output of programs; how many such places a file has is listed, so that a new one is looked at.
@Suite struct DelimiterTests {
    private static let patterns = [
        #"\.split\(separator: ""#, #"\.replacing\(""#, #"\.(first|last)Index\(of: ""#, #"\.firstRange\(of: ""#,
        #"\.(prefix|suffix|drop|trimmingPrefix|filter|first|allSatisfy|contains|split|firstIndex|lastIndex)( \{|\((where|while|whereSeparator): \{|\(\{) \$0 (==|!=) ""#,
        #"\.(contains|hasPrefix|hasSuffix)\("(\\.|[^"\\A-Za-z0-9])"\)"#, #"\{ "[^"]+"\.contains\(\$0\)"#,
    ]

    @Test func delimitersAreLookedForByScalars() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
        let expressions = try Self.patterns.map { try NSRegularExpression(pattern: $0) }
        var faults: [String] = []
        for folder in ["Shared", "Services"] {
            for path in try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            where path.hasSuffix(".swift") {
                let text = try String(contentsOf: root.appending(path: "\(folder)/\(path)"), encoding: .utf8)
                var found: [String] = []
                for (number, line) in text.components(separatedBy: "\n").enumerated() {
                    if line.contains("utf8") || line.contains("unicodeScalars") || line.contains("calars.") { continue }
                    let range = NSRange(line.startIndex..., in: line)
                    guard expressions.contains(where: { $0.firstMatch(in: line, range: range) != nil }) else {
                        continue
                    }
                    found.append("\(folder)/\(path):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))")
                }
                if found.count > Self.known["\(folder)/\(path)", default: 0] { faults += found }
            }
        }
        #expect(
            faults.isEmpty,
            """
            work by Character on what parts text: use utf8, unicodeScalars or Shared/Text/Parting.swift, or add the file here with a reason
            \(faults.joined(separator: "\n"))
            """)
    }

    /// How many places each file has.
    private static let known: [String: Int] = [
        // What we write ourselves: routes, types, settings of a run, lists in the code.
        "Services/Broker/Protocol/API.swift": 3,
        "Services/Broker/Protocol/Shape.swift": 2,
        "Services/Console/Passkeys/PasskeyCheck.swift": 3,
        "Services/Demo/Shop/RetailFile.swift": 1,
        "Services/Demo/Story/DemoPeople.swift": 2,
        "Services/Rapport/Access/KeysCommand.swift": 1,
        "Services/Rapport/Audit/AuditCommand.swift": 1,
        "Services/Rapport/Bus/BusUsers.swift": 2,
        "Services/Rapport/Bus/UsersCommand.swift": 1,
        "Services/Rapport/Commands/Arguments.swift": 2,
        "Services/Rapport/Database/BackupCommand.swift": 1,
        "Services/Rapport/Database/DatabaseRoles.swift": 5,
        "Services/Rapport/Database/DatabaseServer.swift": 2,
        "Services/Rapport/Database/DatabaseTool.swift": 3,
        "Services/Rapport/Events/EventsCommand.swift": 1,
        "Services/Rapport/Events/ShownEvent.swift": 3,
        "Services/Rapport/Operations/ImportCommand.swift": 1,
        "Shared/ServiceKit/Audit/AuditName.swift": 5,
        "Services/Rapport/Suite/Member.swift": 1,
        "Services/Rapport/Suite/ProcessMark.swift": 2,
        "Services/Rapport/Suite/RunSettings.swift": 1,
        "Services/Rapport/Suite/ServiceProbe.swift": 4,
        "Services/Rapport/Suite/Services.swift": 1,
        "Services/Rapport/Suite/Suite.swift": 2,
        "Services/Rapport/Suite/SuiteFolder.swift": 4,
        "Services/Rapport/Suite/SystemUser.swift": 1,
        "Services/Rapport/Supervision/WatchRecord.swift": 1,
        "Services/Rapport/Terminal/Figures.swift": 1,
        "Services/Rapport/Terminal/Terminal.swift": 1,
        "Shared/CRMModel/Events/EventCatalogue.swift": 1,
        "Shared/HTTP/Routing/OpenAPI.swift": 1,
        "Shared/HTTP/Routing/Route.swift": 1,
        "Shared/HTTP/Routing/RouteFaults.swift": 1,
        "Shared/HTTP/Routing/RouteTable.swift": 2,
        "Shared/HTTP/Routing/Schema.swift": 2,
        "Shared/Kafka/KafkaAdmin.swift": 1,
        "Shared/Kafka/KafkaSettings.swift": 2,
        "Shared/Messaging/DeadLetters.swift": 1,
        "Shared/Messaging/Event.swift": 1,
        "Shared/ServiceKit/Resource.swift": 1,
        "Shared/ServiceKit/ServiceDescription.swift": 5,
        "Shared/ServiceKit/ServiceOptions.swift": 1,
        // The output of programs, of the system and of PostgreSQL.
        "Shared/EventLoop/Hardening.swift": 1,
        "Shared/EventLoop/ReservedPort.swift": 2,
        "Shared/EventLoop/SocketAddress.swift": 1,
        "Shared/Postgres/ConnectedPointer.swift": 1,
        "Shared/Postgres/Migrations.swift": 1,
        "Shared/Postgres/PostgresConnection.swift": 1,
        "Shared/Postgres/PostgresError.swift": 1,
        "Shared/ServiceKit/Troubles/DatabaseWatch.swift": 1,
        "Shared/Telemetry/ProcessFile.swift": 3,
        "Shared/Telemetry/ProcessUse.swift": 1,
        // What has been folded, or is refused where it is not ASCII: numbers, days, addresses, tags, keys of ours.
        "Services/Broker/Log/Disk.swift": 1,
        "Services/Broker/Security/ListenerSettings.swift": 6,
        "Services/Broker/Security/Rights.swift": 1,
        "Services/Broker/Security/SignIn.swift": 3,
        "Services/Broker/Server/Connection.swift": 1,
        "Services/Broker/Topics/Catalogue.swift": 4,
        "Services/Broker/Topics/ConfigAnswers.swift": 1,
        "Services/Broker/Topics/TopicSettings.swift": 1,
        "Services/Campaigns/Campaigns/RecipientHandlers.swift": 1,
        "Services/Campaigns/Campaigns/WaitingRecipients.swift": 1,
        "Services/Console/Keys/ConsoleAddress.swift": 1,
        "Services/Console/Pages/GroupPages.swift": 1,
        "Services/Console/Pages/Pages.swift": 4,
        "Services/Console/Pages/ProfilePages.swift": 1,
        "Services/Console/Pages/Visitor.swift": 2,
        "Services/Console/Roles/Rights.swift": 1,
        "Services/Console/Sessions/Caller.swift": 6,
        "Services/Console/Sessions/SessionCommands.swift": 2,
        "Services/Console/SignIn/SignIn.swift": 1,
        "Services/Contacts/Export/ExportColumn.swift": 1,
        "Services/Contacts/Export/ExportRoutes.swift": 1,
        "Services/Contacts/Export/VCardWriter.swift": 3,
        "Services/Contacts/Import/ImportCells.swift": 6,
        "Services/Contacts/Import/ImportColumn.swift": 2,
        "Services/Contacts/Import/ImportRow.swift": 1,
        "Services/Contacts/Import/MovedRecord.swift": 5,
        "Services/Contacts/Import/MovingFile.swift": 1,
        "Services/Contacts/Import/VCardFields.swift": 4,
        "Services/Contacts/Import/VCardReader.swift": 2,
        "Services/Contacts/Lists/ListLanguage.swift": 1,
        "Services/Contacts/Lists/PartyConditions.swift": 2,
        "Services/Contacts/Odd/SoundBase.swift": 1,
        "Services/Contacts/Parties/Party.swift": 2,
        "Services/Contacts/Reports/FactHandlers.swift": 1,
        "Services/Contacts/Search/PartySearch.swift": 1,
        "Services/Contacts/Timeline/TimelineHandlers.swift": 1,
        "Services/Notifications/Mail/Mail.swift": 1,
        "Services/Notifications/Templates/Template.swift": 1,
        "Services/Sales/Quotes/UnaskedRequests.swift": 1,
        "Services/Tickets/Surveys/SurveyRequests.swift": 1,
        "Shared/CRMModel/Currency.swift": 1,
        "Shared/CRMModel/CustomerNumber.swift": 1,
        "Shared/CRMModel/ExchangeRate.swift": 1,
        "Shared/Crypto/ScramKeys.swift": 1,
        "Shared/Crypto/SignedToken.swift": 1,
        "Shared/Crypto/TreeHead.swift": 1,
        "Shared/Crypto/WebToken.swift": 1,
        "Shared/HTML/HTML.swift": 1,
        "Shared/HTTP/Client/HTTPClient.swift": 2,
        "Shared/Passwords/PasswordHash.swift": 3,
        "Shared/Phones/PhoneNumber.swift": 8,
        "Shared/ServiceKit/Bodies.swift": 2,
        "Shared/ServiceKit/FieldCheck.swift": 1,
        "Shared/ServiceKit/Idempotency.swift": 1,
        "Shared/ServiceKit/PageCursor.swift": 1,
        "Shared/ServiceKit/RouteConventions.swift": 1,
        "Shared/ServiceKit/Settings.swift": 1,
        "Shared/Sheets/SheetText.swift": 2,
        "Shared/Sheets/XLSXReader.swift": 2,
        "Shared/Sheets/ZipArchive.swift": 2,
        "Shared/Text/MailAddress.swift": 4,
        "Shared/Text/TextEncoding.swift": 1,
        "Shared/Text/TimeZoneName.swift": 2,
        "Shared/Writing/Country.swift": 3,
        "Shared/Writing/MatchName.swift": 5,
        "Shared/Writing/Pinyin.swift": 2,
        "Shared/Writing/SearchMistakes.swift": 5,
        "Shared/Writing/SearchText.swift": 2,
    ]
}
