#include "CPhone.h"

#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <cstring>
#include <set>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

namespace {

template <size_t room> void copy(char (&out)[room], const std::string &text) {
    size_t length = text.size() < room ? text.size() : room - 1;
    std::memcpy(out, text.data(), length);
    out[length] = 0;
}

const ShortNumberInfo &shortNumbers() {
    static const ShortNumberInfo info;
    return info;
}

}  // namespace

/* No exception leaves a function: its caller is Swift. */
extern "C" bool cphone_parse(const char *text, size_t length, const char *region, cphone_number *out) try {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util.Parse(std::string(text, length), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
    out->is_valid = util.IsValidNumber(number);
    out->is_possible = out->is_valid || util.IsPossibleNumber(number);
    out->is_short = std::strcmp(region, "ZZ") != 0 && shortNumbers().IsValidShortNumberForRegion(number, region);
    std::string formatted;
    util.Format(number, PhoneNumberUtil::E164, &formatted);
    copy(out->e164, formatted);
    copy(out->extension, number.has_extension() ? number.extension() : std::string());
    return true;
} catch (...) {
    return false;
}

extern "C" bool cphone_region(int index, char out[4]) try {
    std::set<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
    if (index < 0 || static_cast<size_t>(index) >= regions.size()) return false;
    auto region = regions.begin();
    std::advance(region, index);
    std::strncpy(out, region->c_str(), 3);
    out[3] = 0;
    return true;
} catch (...) {
    return false;
}

extern "C" bool cphone_example_number(const char *region, int type, cphone_example *out) try {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (!util.GetExampleNumberForType(region, static_cast<PhoneNumberUtil::PhoneNumberType>(type), &number)) return false;
    std::string formatted;
    util.Format(number, PhoneNumberUtil::E164, &formatted);
    copy(out->e164, formatted);
    formatted.clear();
    util.Format(number, PhoneNumberUtil::INTERNATIONAL, &formatted);
    copy(out->international, formatted);
    formatted.clear();
    util.Format(number, PhoneNumberUtil::NATIONAL, &formatted);
    copy(out->national, formatted);
    return true;
} catch (...) {
    return false;
}
