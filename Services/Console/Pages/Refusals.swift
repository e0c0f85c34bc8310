import HTTP
import ServiceKit

/// What is wrong, in the reader's language.
enum Refusals {
    static func told(_ error: FieldError, _ words: Words) -> String {
        guard words.isChinese else {
            return error.message.prefix(1).uppercased() + error.message.dropFirst() + "."
        }
        return switch (error.field, error.message) {
        case ("password", let text) where text.hasPrefix("must have at least"): "至少需要\(NewPassword.least)个字符。"
        case ("password", let text) where text.contains("name"): "不能由您的姓名或邮箱组成。"
        case ("password", _): "请换一个更难猜的密码。"
        case ("email", _): "请填写邮箱地址，例如 name@example.com。"
        case ("name", _): "请填写姓名。"
        case ("manager", _), ("leader", _), ("person", _): "这里没有人使用这个邮箱。"
        case ("from", _), ("until", _): "请填写日期，例如 2026-11-30。"
        case ("capacity", _): "请填写0到1000的整数。"
        case ("phone", _), ("title", _), ("externalId", _), ("skills", _): "内容太长，或含有不能使用的字符。"
        case ("zone", _): "请填写时区，例如 Asia/Shanghai。"
        default: error.message
        }
    }

    /// Why something was not done.
    static func told(_ problem: Problem, _ words: Words) -> String {
        let english = problem.detail ?? problem.title
        guard words.isChinese else { return english }
        return chinese[english] ?? byStatus[problem.status] ?? "没有成功，请再试一次。"
    }

    private static let chinese = [
        "This link was used, or its time is over.": "此链接已使用过，或已过期。",
        "Somebody has changed it meanwhile.": "其他人刚刚修改过，请查看后再保存。",
        "The territory would lie in itself.": "区域不能属于它自己。",
        "The team would be a part of itself.": "团队不能属于它自己。",
        "The person would report to himself in the end.": "汇报关系不能形成循环。",
        "Nobody else is an administrator; make another one before, or nobody could.": "没有其他管理员，请先指定一位管理员。",
        "The person has left.": "此人已离职。",
        "A page from elsewhere has sent this.": "请求来自其他网站，已拒绝。",
        "An administrator has signed in; he lets the others in.": "已有管理员登录，请由管理员添加您。",
        "Five minutes have gone by: begin with the password again.": "已超过5分钟，请重新输入密码。",
        "Five minutes have gone by: try again.": "已超过5分钟，请再试一次。",
        "Too many are signing in; try again.": "同时登录的人太多，请稍候再试。",
        "This browser has not asked for that, or longer ago than ten minutes.": "此浏览器没有发起登录，或已超过10分钟。",
        "No provider is set up.": "没有设置企业登录。",
        "The firm's sign-on did not answer as it should. Passwords and passkeys work as ever.":
            "企业登录没有正常应答，仍可使用密码或通行密钥登录。",
        "There are no passkeys for an address that is not encrypted or has no name.": "此网址未加密或没有域名，不能使用通行密钥。",
        "This passkey was not taken.": "此通行密钥未被接受。",
        "This passkey is kept already.": "此通行密钥已登记过。",
        "There is no such passkey of yours.": "没有找到这个通行密钥。",
    ]

    private static let byStatus: [Status: String] = [
        .forbidden: "您的角色没有这项权限，请联系管理员。", .notFound: "没有这个页面，或内容已被删除。",
        .conflict: "与现有内容冲突，没有保存。", .tooManyRequests: "操作太频繁，请稍候再试。", 401: "请重新登录。", 422: "内容有误，没有保存。",
        .unavailable: "服务暂时不可用，请稍候再试。",
    ]
}
