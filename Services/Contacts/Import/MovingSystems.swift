/// The files of the systems that people leave, by their public documentation of 2024 and 2025.
extension MovingObject {
    // MARK: Salesforce

    /// The data export service (Setup, Data Export) and Data Loader: a file for each object, headings are API names.
    static let salesforce = [
        MovingObject(
            system: "salesforce", kind: .owners, needs: ["Id", "Username"],
            cells: ["Id": .id, "Name": .to("name"), "FirstName": .to("givenName"), "LastName": .to("familyName")]),
        MovingObject(
            system: "salesforce", kind: .relations, needs: ["AccountId", "ContactId"],
            oneOf: ["IsDirect", "Roles", "Role"],
            cells: [
                "ContactId": .id, "AccountId": .firm, "Roles": .to("moved.role"), "Role": .to("moved.role"),
                "StartDate": .to("moved.since"), "IsDeleted": .deleted,
            ]),
        MovingObject(
            system: "salesforce", kind: .notes, needs: ["ParentId", "Title", "Body"],
            cells: [
                "ParentId": .id, "Title": .to("moved.title"), "Body": .to("moved.note"), "CreatedDate": .to("moved.at"),
                "OwnerId": .owner, "IsDeleted": .deleted,
            ]),
        MovingObject(
            system: "salesforce", kind: .people, needs: ["Id", "LastName", "AccountId"],
            cells: [
                "Id": .id, "IsDeleted": .deleted, "AccountId": .firm, "FirstName": .to("givenName"),
                "MiddleName": .to("middleName"), "LastName": .to("familyName"), "Title": .to("title"),
                "Email": .to("email"), "Phone": .to("Business Phone"), "MobilePhone": .to("Mobile Phone"),
                "HomePhone": .to("Home Phone"), "OtherPhone": .to("Other Phone"), "Fax": .to("Business Fax"),
                "AssistantPhone": .to("Assistants Phone"), "Birthdate": .to("birthday"), "Description": .to("notes"),
                "OwnerId": .owner, "HasOptedOutOfEmail": .optOut(["mail"]), "DoNotCall": .optOut(["phone"]),
            ].merging(addresses("Mailing", isFirst: true)) { $1 }.merging(addresses("Other", isFirst: false)) { $1 }),
        MovingObject(
            system: "salesforce", kind: .firms, needs: ["Id", "Name"],
            oneOf: ["BillingCity", "BillingStreet", "MasterRecordId", "AccountNumber"],
            cells: [
                "Id": .id, "IsDeleted": .deleted, "Name": .to("name"), "ParentId": .firm,
                "Phone": .to("Business Phone"),
                "Fax": .to("Business Fax"), "Description": .to("notes"), "OwnerId": .owner,
            ].merging(addresses("Billing", isFirst: true)) { $1 }.merging(addresses("Shipping", isFirst: false)) { $1 }),
    ]

    private static func addresses(_ name: String, isFirst: Bool) -> [String: MovingCell] {
        address(
            isFirst, name == "Shipping" ? "shipping" : "other",
            [
                "\(name)Street": "street", "\(name)City": "city", "\(name)State": "region",
                "\(name)PostalCode": "postalCode", "\(name)Country": "country",
            ])
    }

    // MARK: HubSpot

    /// Exports of records and of the properties that they have, with the associated records; headings are labels. Each kind of record
    /// counts for itself.
    static let hubspot = [
        MovingObject(
            system: "hubspot", kind: .notes, firmPrefix: "company/", peoplePrefix: "contact/",
            needs: ["Record ID", "Note body"],
            cells: [
                "Note body": .html("moved.note"), "Activity date": .to("moved.at"), "Create date": .to("moved.at"),
                "Activity assigned to": .to("owner"), "Associated Contact IDs": .people,
                "Associated Company IDs": .firm,
            ]),
        MovingObject(
            system: "hubspot", kind: .people, prefix: "contact/", firmPrefix: "company/",
            needs: ["Record ID", "First Name", "Last Name"],
            cells: [
                "Record ID": .id, "First Name": .to("givenName"), "Last Name": .to("familyName"), "Email": .to("email"),
                "Additional email addresses": .to("email"), "Phone Number": .to("Business Phone"),
                "Mobile Phone Number": .to("Mobile Phone"), "Fax Number": .to("Business Fax"),
                "Job Title": .to("title"),
                "Date of birth": .to("birthday"), "Contact owner": .to("owner"), "Preferred language": .to("language"),
                "Street Address": .to("street"), "City": .to("city"), "State/Region": .to("region"),
                "Postal Code": .to("postalCode"), "Country/Region": .to("country"), "Message": .to("notes"),
                "Company Name": .to("organisation"), "Associated Company IDs": .firm,
                "Associated Company IDs (Primary)": .firm, "Primary Associated Company ID": .firm,
                "Unsubscribed from all email": .optOut(["mail"]),
                "Opted out of email: Marketing Information": .optOut(["mail"]),
                "Legal basis for processing contact's data": .legalBasis,
            ]),
        MovingObject(
            system: "hubspot", kind: .firms, prefix: "company/", firmPrefix: "company/", peoplePrefix: "contact/",
            needs: ["Record ID"], oneOf: ["Company name", "Company Domain Name"],
            cells: [
                "Record ID": .id, "Company name": .to("name"), "Name": .to("name"),
                "Phone Number": .to("Business Phone"), "Description": .to("notes"), "Company owner": .to("owner"),
                "Street Address": .to("street"), "City": .to("city"), "State/Region": .to("region"),
                "Postal Code": .to("postalCode"), "Country/Region": .to("country"),
                "Parent Company ID": .firm, "Associated Contact IDs": .people,
            ]),
    ]

    // MARK: EspoCRM

    /// Exports of lists as CSV: headings are attributes.
    static let espocrm = [
        MovingObject(
            system: "espocrm", kind: .notes, needs: ["post", "parentId"],
            cells: [
                "parentId": .id, "post": .to("moved.note"), "createdAt": .to("moved.at"),
                "createdByName": .to("owner"), "deleted": .deleted,
            ]),
        MovingObject(
            system: "espocrm", kind: .people, needs: ["id", "lastName"],
            cells: [
                "id": .id, "deleted": .deleted, "firstName": .to("givenName"), "middleName": .to("middleName"),
                "lastName": .to("familyName"), "accountId": .firm, "accountsIds": .firm,
                "accountName": .to("organisation"),
                "title": .to("title"), "emailAddress": .to("email"), "phoneNumber": .to("phone"),
                "description": .to("notes"), "assignedUserName": .to("owner"),
                "emailAddressIsOptedOut": .optOut(["mail"]), "phoneNumberIsOptedOut": .optOut(["phone", "sms"]),
                "doNotCall": .optOut(["phone"]), "addressStreet": .to("street"), "addressCity": .to("city"),
                "addressState": .to("region"), "addressPostalCode": .to("postalCode"), "addressCountry": .to("country"),
            ]),
        MovingObject(
            system: "espocrm", kind: .firms, needs: ["id", "name"],
            oneOf: ["billingAddressCity", "billingAddressStreet", "sicCode", "industry", "originalLeadId"],
            cells: [
                "id": .id, "deleted": .deleted, "name": .to("name"), "emailAddress": .to("email"),
                "phoneNumber": .to("Business Phone"), "description": .to("notes"), "assignedUserName": .to("owner"),
                "emailAddressIsOptedOut": .optOut(["mail"]), "phoneNumberIsOptedOut": .optOut(["phone", "sms"]),
            ].merging(espoAddress("billing", isFirst: true)) { $1 }.merging(espoAddress("shipping", isFirst: false)) {
                $1
            }),
    ]

    private static func espoAddress(_ name: String, isFirst: Bool) -> [String: MovingCell] {
        address(
            isFirst, name,
            [
                "\(name)AddressStreet": "street", "\(name)AddressCity": "city", "\(name)AddressState": "region",
                "\(name)AddressPostalCode": "postalCode", "\(name)AddressCountry": "country",
            ])
    }

    // MARK: Odoo

    /// Exports of contacts, to be imported again or not: headings are the names of fields, or their labels. Firms and people are in one.
    static let odoo = [
        MovingObject(
            system: "odoo", kind: .parties, needs: ["id", "name", "is_company"],
            cells: [
                "id": .id, ".id": .alsoCalled, "name": .to("name"), "is_company": .isFirm, "parent_id/id": .firm,
                "email": .to("email"),
                "phone": .to("Business Phone"), "mobile": .to("Mobile Phone"), "street": .to("street"),
                "street2": .to("street2"), "city": .to("city"), "state_id": .to("region"),
                "state_id/name": .to("region"),
                "zip": .to("postalCode"), "country_id": .to("country"), "country_id/name": .to("country"),
                "country_id/code": .to("country"), "function": .to("title"), "comment": .html("notes"),
                "category_id": .to("tags"), "category_id/name": .to("tags"), "user_id": .to("owner"),
                "user_id/name": .to("owner"), "lang": .to("language"), "tz": .to("timeZone"), "vat": .to("taxId"),
                "company_name": .to("organisation"), "active": .active, "is_blacklisted": .optOut(["mail"]),
                "phone_blacklisted": .optOut(["phone", "sms"]),
            ]),
        MovingObject(
            system: "odoo", kind: .parties, needs: ["External ID", "Name", "Is a Company"],
            cells: [
                "External ID": .id, "ID": .alsoCalled, "Name": .to("name"), "Is a Company": .isFirm,
                "Related Company/External ID": .firm, "Email": .to("email"), "Phone": .to("Business Phone"),
                "Mobile": .to("Mobile Phone"), "Street": .to("street"), "Street2": .to("street2"), "City": .to("city"),
                "State": .to("region"), "Zip": .to("postalCode"), "Country": .to("country"),
                "Job Position": .to("title"), "Notes": .html("notes"), "Tags": .to("tags"), "Salesperson": .to("owner"),
                "Language": .to("language"), "Timezone": .to("timeZone"), "Tax ID": .to("taxId"),
                "Company Name": .to("organisation"), "Active": .active, "Blacklist": .optOut(["mail"]),
            ]),
        MovingObject(
            system: "odoo", kind: .notes, needs: ["body", "res_id", "model"],
            cells: [
                "res_id": .id, "model": .model, "body": .html("moved.note"), "date": .to("moved.at"),
                "subject": .to("moved.title"),
                "author_id": .to("owner"), "author_id/name": .to("owner"),
            ]),
    ]
}
