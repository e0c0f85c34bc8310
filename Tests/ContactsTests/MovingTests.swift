import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing
import Text

@testable import Contacts

/// The exports of other systems come in whole: parties, relations, notes, decisions.
@Suite struct MovingTests {
    private func archive(_ files: [(String, String)]) throws -> [UInt8] {
        var zip = ZipFile()
        var bytes: [UInt8] = []
        for (name, text) in files { bytes += try zip.file(name, Array(text.utf8)) }
        return bytes + zip.end()
    }

    private static let parties = """
        SELECT concat_ws('|', kind, name, email, phone, country, details->>'title', notes,
            (SELECT string_agg(reference, ',' ORDER BY reference) FROM party_reference r WHERE r.party_id = p.id))
        FROM party p ORDER BY name
        """
    private static let relations = """
        SELECT a.name || ' ' || r.kind || ' ' || b.name || coalesce(' ' || r.since, '') || coalesce(' ' || r.note, '')
        COLLATE "C" AS line FROM party_relation r JOIN party a ON a.id = r.party_id JOIN party b ON b.id = r.other_id ORDER BY line
        """
    private static let consents = """
        SELECT p.name || ' ' || c.channel || ' ' || c.granted || ' ' || c.source FROM consent_effective c
        JOIN party p ON p.id = c.party_id ORDER BY 1
        """

    private let salesforce = [
        ("User.csv", "\"Id\",\"Username\",\"Name\"\n\"005A\",\"eve@firm.example\",\"Eve Owner\"\n"),
        (
            "Contact.csv",
            """
            "Id","IsDeleted","AccountId","LastName","FirstName","Title","Email","Phone","MobilePhone","MailingStreet","MailingCity",\
            "MailingCountry","OwnerId","HasOptedOutOfEmail","DoNotCall","Birthdate","LeadSource"
            "003A","0","001B","Ng","Ada","CTO","ada@beta.example","+1 202 555 0143","+1 202 555 0144","1 Main St","Washington","USA",\
            "005A","1","0","1940-06-07","Web"
            "003B","0","001A","Ray","Bob","","not an address","","","","","","005A","0","1","",""
            "003C","1","001A","Gone","Al","","al@a.example","","","","","","005A","0","0","",""

            """
        ),
        (
            "Account.csv",
            """
            "Id","IsDeleted","MasterRecordId","Name","ParentId","BillingCity","BillingCountry","ShippingCity","Phone","Industry"
            "001B","0","","Beta Ltd","001A","London","United Kingdom","Leeds","+44 20 7946 0958","Energy"
            "001A","0","","Alpha AG","","Bern","Schweiz","","",""

            """
        ),
        (
            "AccountContactRelation.csv",
            "\"Id\",\"AccountId\",\"ContactId\",\"Roles\",\"IsDirect\",\"StartDate\"\n\"07kA\",\"001A\",\"003A\",\"Adviser\",\"0\",\"2020-02-03\"\n"
                + "\"07kB\",\"001X\",\"003A\",\"\",\"0\",\"\"\n"
        ),
        (
            "Note.csv",
            "\"Id\",\"ParentId\",\"Title\",\"Body\",\"CreatedDate\",\"OwnerId\"\n\"002A\",\"003A\",\"Call\",\"likes blue\nand green\",\"2024-01-02T10:00:00.000Z\",\"005A\"\n"
                + "\"002B\",\"006X\",\"Deal\",\"of a deal\",\"2024-01-02T10:00:00.000Z\",\"005A\"\n"
        ),
        ("Opportunity.csv", "\"Id\",\"StageName\",\"CloseDate\"\n\"006X\",\"Won\",\"2024-01-01\"\n"),
    ]

    @Test @Loop func aSalesforceExportComesInByOneRunAndGoesByOne() async throws {
        let desk = try await ImportDesk()
        let bytes = try archive(salesforce)
        let dry = try await desk.bring("?dryRun=true", bytes)
        #expect(dry.state == "done" && dry.counts == [10, 4, 0, 2, 2], "\(dry)")
        #expect(try await desk.service.column(Self.parties) == [])
        #expect(try await desk.service.column("SELECT count(*)::text FROM import_addition") == ["0"])
        let done = try await desk.bring("", bytes)
        #expect(done.counts == dry.counts, "\(done)")
        #expect(
            try await desk.service.column(Self.parties) == [
                "consumer|Ada Ng|ada@beta.example|+12025550143|US|CTO|[2024-01-02, Eve Owner] Call\nlikes blue\nand green|003A",
                "enterprise|Alpha AG|CH|001A", "enterprise|Beta Ltd|+442079460958|GB|001B", "consumer|Bob Ray|003B",
            ])
        #expect(
            try await desk.service.column(Self.relations) == [
                "Alpha AG employs Ada Ng 2020-02-03 Adviser", "Alpha AG employs Bob Ray",
                "Alpha AG parent-of Beta Ltd", "Beta Ltd employs Ada Ng",
            ])
        #expect(
            try await desk.service.column(Self.consents) == [
                "Ada Ng mail false salesforce", "Bob Ray phone false salesforce",
            ])
        #expect(
            try await desk.service.column(
                "SELECT DISTINCT system || ' ' || coalesce(owner, '') FROM party_reference JOIN party p ON p.id = party_id ORDER BY 1"
            )
                == ["salesforce ", "salesforce Eve Owner"])
        let sums =
            "SELECT added || ' ' || relations || ' ' || consents FROM party_import WHERE id = '\(done.id)'"
        #expect(try await desk.service.column(sums) == ["2 4 2"])
        // Each row that did not come in is told by its file and line.
        let told = try await desk.text("/v1/imports/\(done.id)/errors")
        for part in [
            "Contact.csv, line 4: was deleted there", "Note.csv, line 4: is of 006X, which is not here",
            "User.csv, line 2: is a user", "AccountContactRelation.csv, line 3: names the firm 001X",
            "Contact.csv, line 3: email not an address is no mail address, left out",
        ] { #expect(told.contains(part), "\(part) in \(told)") }
        let files = try await desk.service.column(
            "SELECT f->>'name' || ' ' || coalesce(f->>'holds', '-') || ' ' || (f->>'rows') FROM party_import, jsonb_array_elements(options->'files') f WHERE id = '\(done.id)' ORDER BY 1"
        )
        #expect(
            files == [
                "Account.csv firms 2", "AccountContactRelation.csv relations 2", "Contact.csv people 3",
                "Note.csv notes 2", "Opportunity.csv - 0", "User.csv owners 1",
            ])
        #expect(try await desk.service.faultsOfEvents() == [])
        // The same again: all are known, and nothing is doubled.
        let before = try await desk.service.column(Self.parties)
        let again = try await desk.bring("", bytes)
        #expect(again.created == 0 && again.skipped == 6 && again.refused == 2, "\(again)")
        #expect(try await desk.service.column(Self.parties) == before)
        #expect(try await desk.service.column(Self.relations).count == 4)
        _ = try await desk.undo(again.id)
        #expect(try await desk.service.column(Self.parties) == before)
        let undone = try await desk.undo(done.id)
        #expect(undone.state == "undone" && undone.undone == 4 && undone.kept == 0, "\(undone)")
        for query in [Self.parties, Self.relations, Self.consents, "SELECT reference FROM party_reference"] {
            #expect(try await desk.service.column(query) == [], "\(query)")
        }
        await desk.close()
    }

    /// A person who is here already keeps what he said here, and gets the firm, the note and the reference.
    @Test @Loop func whoIsHereAlreadyIsFoundAndWhatHeSaidHereCounts() async throws {
        let desk = try await ImportDesk()
        let ada = try await desk.service.make(
            "/v1/parties", #"{"name":"Ada Ng","email":"ada@beta.example","notes":"mine"}"#)
        let allows = #"{"channel":"phone","purpose":"marketing","granted":true}"#
        _ = try await desk.service.send(.put, "/v1/parties/\(ada)/consents", allows)
        let done = try await desk.bring("", try archive(salesforce))
        #expect(done.counts == [10, 3, 0, 3, 2], "\(done)")
        let note = "[2024-01-02, Eve Owner] Call\nlikes blue\nand green"
        #expect(try await desk.service.column("SELECT notes FROM party WHERE name = 'Ada Ng'") == ["mine\n\n\(note)"])
        #expect(
            try await desk.service.column(Self.consents) == [
                "Ada Ng mail false salesforce", "Ada Ng phone true api", "Bob Ray phone false salesforce",
            ])
        #expect(try await desk.service.column(Self.relations).count == 4)
        let undone = try await desk.undo(done.id)
        #expect(undone.undone == 4 && undone.kept == 0, "\(undone)")
        #expect(try await desk.service.column("SELECT name || ' ' || notes FROM party") == ["Ada Ng mine"])
        #expect(try await desk.service.column(Self.relations) == [])
        // What he has forbidden stays forbidden.
        #expect(try await desk.service.column(Self.consents).contains("Ada Ng mail false salesforce"))
        await desk.close()
    }

    @Test @Loop func aHubSpotExportComesIn() async throws {
        let desk = try await ImportDesk()
        let done = try await desk.bring(
            "",
            try archive([
                (
                    "hubspot-crm-exports-all-contacts.csv",
                    """
                    Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Country/Region,Unsubscribed from all email,\
                    Legal basis for processing contact's data,Associated Company IDs,Lead Status
                    51,小明,王,w@x.example,138 0013 8000,Eve,中国,,Freely given consent from contact,51;52,NEW
                    52,Cy,Fox,cy@x.example,,Eve,,true,Freely given consent from contact,,

                    """
                ),
                (
                    "hubspot-crm-exports-all-companies.csv",
                    "Record ID,Company name,Company owner,City,Parent Company ID\n51,Acme,Eve,Berlin,\n52,Acme Sub,Eve,Bonn,51\n"
                ),
                (
                    "notes.csv",
                    "Record ID,Note body,Activity date,Associated Contact IDs,Associated Company IDs\n"
                        + "9,\"<p>first&nbsp;line</p><p>R&amp;D</p>\",2024-05-06 10:00,51,52\n"
                ),
            ]))
        #expect(done.counts == [5, 4, 0, 0, 0], "\(done)")
        #expect(
            try await desk.service.column(Self.parties) == [
                "enterprise|Acme|company/51", "enterprise|Acme Sub|[2024-05-06] first line\nR&D|company/52",
                "consumer|Cy Fox|cy@x.example|contact/52",
                "consumer|王小明|w@x.example|+8613800138000|CN|[2024-05-06] first line\nR&D|contact/51",
            ])
        #expect(
            try await desk.service.column(Self.relations) == [
                "Acme Sub employs 王小明", "Acme employs 王小明", "Acme parent-of Acme Sub",
            ])
        #expect(
            try await desk.service.column(Self.consents) == ["Cy Fox mail false hubspot", "王小明 mail true hubspot"])
        #expect(try await desk.service.faultsOfEvents() == [])
        await desk.close()
    }

    @Test @Loop func anEspoCRMExportComesIn() async throws {
        let desk = try await ImportDesk()
        let done = try await desk.bring(
            "",
            try archive([
                (
                    "Contact_20240102.csv",
                    """
                    id;firstName;lastName;accountId;accountName;title;emailAddress;emailAddressIsOptedOut;phoneNumber;doNotCall;addressCity;addressCountry;description
                    65a;Jörg;Müller;64a;Alpha;Chef;j@x.example;1;'+4930123456;;Köln;Deutschland;hallo

                    """
                ),
                (
                    "Account_20240102.csv",
                    "id;name;emailAddress;phoneNumber;industry;billingAddressCity;billingAddressCountry;shippingAddressCity\n"
                        + "64a;Alpha;info@x.example;'+4930123400;Energy;Berlin;Germany;Potsdam\n"
                ),
                (
                    "Note.csv",
                    "id;post;parentType;parentId;createdAt;createdByName\n7;rief an;Account;64a;2024-03-04 08:00:00;Eve\n"
                ),
            ]))
        #expect(done.counts == [3, 2, 0, 0, 0], "\(done)")
        #expect(
            try await desk.service.column(Self.parties) == [
                "enterprise|Alpha|info@x.example|+4930123400|DE|[2024-03-04, Eve] rief an|64a",
                "consumer|Jörg Müller|j@x.example|+4930123456|DE|Chef|hallo|65a",
            ])
        #expect(try await desk.service.column(Self.relations) == ["Alpha employs Jörg Müller"])
        #expect(try await desk.service.column(Self.consents) == ["Jörg Müller mail false espocrm"])
        #expect(
            try await desk.service.column("SELECT details->'addresses'->1->>'city' FROM party WHERE name = 'Alpha'")
                == ["Potsdam"])
        await desk.close()
    }

    @Test(arguments: [false, true]) @Loop func anOdooExportComesIn(hasLabels: Bool) async throws {
        let desk = try await ImportDesk()
        let names =
            "id,name,is_company,parent_id/id,email,phone,street,street2,city,country_id,function,comment,category_id/name,lang,vat,is_blacklisted"
        let labels =
            "External ID,Name,Is a Company,Related Company/External ID,Email,Phone,Street,Street2,City,Country,Job Position,Notes,Tags,Language,Tax ID,Blacklist"
        // The firm stands behind the person whom it employs.
        let rows = """
            __export__.res_partner_45_8c1f,Ann Lee,False,base.res_partner_9,ann@x.example,+32 2 123 45 67,Rue 1,Boîte 2,Liège,Belgium,\
            Boss,<p>nice</p>,"vip,new",fr_BE,,True
            base.res_partner_9,Alpha SA,True,,,,,,,Belgium,,,,,BE0477472701,False

            """
        let done = try await desk.bring(
            "",
            try archive([
                ("res.partner.csv", (hasLabels ? labels : names) + "\n" + rows),
                (
                    "mail.message.csv",
                    "id,date,author_id,model,res_id,body\n1,2024-06-07 08:00:00,Eve,res.partner,45,<p>called</p>\n2,2024-06-07,Eve,sale.order,45,<p>x</p>\n"
                ),
            ]))
        #expect(done.counts == [4, 2, 0, 1, 0], "\(done)")
        #expect(
            try await desk.service.column(Self.parties) == [
                "enterprise|Alpha SA|BE|9,base.res_partner_9",
                "consumer|Ann Lee|ann@x.example|+3221234567|BE|Boss|nice\n\n[2024-06-07, Eve] called|45,__export__.res_partner_45_8c1f",
            ])
        #expect(try await desk.service.column(Self.relations) == ["Alpha SA employs Ann Lee"])
        #expect(try await desk.service.column(Self.consents) == ["Ann Lee mail false odoo"])
        #expect(
            try await desk.service.column(
                "SELECT concat_ws('|', details->>'taxId', tags::text, language, details->'addresses'->0->>'street') FROM party ORDER BY name"
            ) == ["BE0477472701|{}", "{vip,new}|fr-BE|Rue 1\nBoîte 2"])
        await desk.close()
    }

    @Test @Loop func whatIsNoExportIsRefusedWithTheReason() async throws {
        let desk = try await ImportDesk()
        let stranger = try await desk.bring("", try archive([("people.csv", "Name,Email\nAnn,a@b.example\n")]))
        #expect(stranger.state == "failed" && stranger.error?.contains("by its headings") == true, "\(stranger)")
        let two = try await desk.bring(
            "",
            try archive([
                salesforce[2], ("c.csv", "Record ID,First Name,Last Name\n1,Ann,Lee\n"),
            ]))
        #expect(two.error?.contains("one system at a time") == true, "\(two)")
        let circle = try await desk.bring(
            "",
            try archive([
                ("Account.csv", "Id,Name,ParentId,BillingCity\n1,A,2,\n2,B,3,\n3,C,1,\n")
            ]))
        #expect(circle.counts == [3, 3, 0, 0, 0], "\(circle)")
        #expect(try await desk.service.column(Self.relations) == ["B parent-of A", "C parent-of B"])
        let told = try await desk.text("/v1/imports/\(circle.id)/errors")
        #expect(told.contains("Account.csv, line 4: names the firm 1, which is not here or stands below it"), "\(told)")
        // A file of people cannot set what only exports of other systems say.
        let plain = try await desk.bring(
            text: "name,moved.consents,consents\nEve,mail/marketing=no,mail/marketing=no\n")
        #expect(plain.counts == [1, 1, 0, 0, 0])
        #expect(try await desk.service.column(Self.consents) == [])
        await desk.close()
    }
}
