#pragma once
#include <unicode/uloc.h>
#include <unicode/unorm2.h>

/* ICU names its functions by macros (u_foldCase is u_foldCase_72), which Swift does not see: each that is used is declared again under
   its plain name, which the compiler still gives the library's. The labels are as many as the parameters. */
#define ICU(name, labels) extern __typeof__(name) name __attribute__((swift_name(#name labels)))
ICU(unorm2_getNFKCCasefoldInstance, "(_:)");
ICU(unorm2_getNFCInstance, "(_:)");
ICU(unorm2_getNFDInstance, "(_:)");
ICU(unorm2_normalize, "(_:_:_:_:_:_:)");
ICU(uloc_getISOCountries, "()");
ICU(uloc_getISO3Country, "(_:)");
ICU(uloc_getDisplayCountry, "(_:_:_:_:_:)");
