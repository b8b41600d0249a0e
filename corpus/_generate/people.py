"""Invented people and organisations, the same in every run.

Names are combined by number. Addresses at real providers carry a serial that no
real mailbox has; everything else lives below reserved names (RFC 2606)."""

SURNAMES = [
    ("佐原", "sahara"), ("三枝", "saegusa"), ("高梨", "takanashi"), ("田所", "tadokoro"), ("井手", "ide"),
    ("渡会", "watarai"), ("山際", "yamagiwa"), ("中里", "nakazato"), ("小山田", "oyamada"), ("加納", "kano"),
    ("吉永", "yoshinaga"), ("山路", "yamaji"), ("佐久間", "sakuma"), ("山室", "yamamuro"), ("松永", "matsunaga"),
    ("井深", "ibuka"), ("木戸", "kido"), ("林田", "hayashida"), ("清川", "kiyokawa"), ("山辺", "yamabe"),
    ("森脇", "moriwaki"), ("池上", "ikegami"), ("橋爪", "hashizume"), ("石黒", "ishiguro"), ("前川", "maekawa"),
    ("藤代", "fujishiro"), ("小沼", "onuma"), ("後閑", "gokan"), ("近江", "omi"), ("村瀬", "murase"),
    ("遠山", "toyama"), ("青柳", "aoyagi"), ("坂口", "sakaguchi"), ("斉木", "saiki"), ("福原", "fukuhara"),
    ("西脇", "nishiwaki"), ("太刀川", "tachikawa"), ("三宅", "miyake"), ("藤巻", "fujimaki"), ("岡部", "okabe"),
]
GIVEN = [
    ("花", "hana"), ("陽子", "yoko"), ("健一", "kenichi"), ("美咲", "misaki"), ("大輔", "daisuke"),
    ("直樹", "naoki"), ("恵", "megumi"), ("拓也", "takuya"), ("由美", "yumi"), ("誠", "makoto"),
    ("彩", "aya"), ("浩司", "koji"), ("智子", "tomoko"), ("亮", "ryo"), ("裕子", "hiroko"),
    ("翔", "sho"), ("麻衣", "mai"), ("隆", "takashi"), ("綾子", "ayako"), ("修", "osamu"),
    ("千尋", "chihiro"), ("圭介", "keisuke"), ("幸子", "sachiko"), ("悠", "yu"), ("久美", "kumi"),
    ("剛", "tsuyoshi"), ("奈々", "nana"), ("正", "tadashi"), ("真由", "mayu"), ("淳", "jun"),
]
ENGLISH = [
    ("Margaret", "Ashdown"), ("Callum", "Brae"), ("Fiona", "Carrick"), ("Duncan", "Dunmore"), ("Isla", "Elphin"),
    ("Robert", "Fallow"), ("Aileen", "Garrow"), ("Hamish", "Haldane"), ("Sheila", "Inverary"), ("Gavin", "Jardyne"),
    ("Moira", "Kelso"), ("Stuart", "Lomond"), ("Catriona", "Marchmont"), ("Neil", "Netherby"), ("Eilidh", "Ormiston"),
    ("Graham", "Pentland"), ("Kirsty", "Quarrier"), ("Alasdair", "Roslyn"), ("Morag", "Selkirke"), ("Ewan", "Traquair"),
    ("Lorna", "Urquharte"), ("Colin", "Vennel"), ("Rhona", "Wardlaw"), ("Iain", "Yester"), ("Jean", "Abercorn"),
]
# Where individuals have their mail, in Japan and elsewhere.
PROVIDERS_JP = ["gmail.com", "yahoo.co.jp", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "icloud.com", "outlook.jp", "i.softbank.jp", "au.com", "nifty.com"]
PROVIDERS_EN = ["gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "icloud.com", "btinternet.com"]
COMPANIES = ["kaisha%02d.example" % i for i in range(1, 41)]


class Person:
    """One mailbox: a name in two scripts and an address."""

    def __init__(self, name, latin, address, title=""):
        self.name, self.latin, self.address, self.title = name, latin, address, title

    def __repr__(self):
        return self.latin + " <" + self.address + ">"


def japanese(n, domain=None):
    """The n-th person; without a domain, at a provider or a company as in life."""
    s, g = SURNAMES[n % len(SURNAMES)], GIVEN[(n * 7 + n // 40) % len(GIVEN)]
    if domain is None:
        pick = [*PROVIDERS_JP[:3], COMPANIES[n % 40], PROVIDERS_JP[3 + n % 7], COMPANIES[(n * 3) % 40], "gmail.com"]
        domain = pick[n % len(pick)]
    if domain.endswith(".example") or ".example." in domain or domain.endswith(".test"):
        local = "%s.%s" % (s[1], g[1]) if n % 3 else "%s-%s" % (g[1][0], s[1])
        local += str(n) if n >= 40 else ""
    else:
        local = "%s.%s.ex%03d" % (s[1], g[1], n)
    return Person(s[0] + " " + g[0], g[1].capitalize() + " " + s[1].capitalize(), local + "@" + domain)


def english(n, domain=None):
    """The n-th person of an English-speaking country."""
    g, s = ENGLISH[n % 25][0], ENGLISH[(n * 3 + n // 25) % 25][1]
    if domain is None:
        pick = ["gmail.com", "hotmail.com", COMPANIES[n % 40], "yahoo.com", "outlook.com", "btinternet.com", "icloud.com"]
        domain = pick[n % len(pick)]
    local = "%s.%s%s" % (g.lower(), s.lower(), "" if "example" in domain and n < 25 else ".ex%03d" % n)
    return Person(g + " " + s, g + " " + s, local + "@" + domain)


def group(n, start=0, make=japanese, domain=None):
    """n people with n different addresses."""
    out, seen = [], set()
    i = start
    while len(out) < n:
        p = make(i, domain)
        if p.address not in seen:
            seen.add(p.address)
            out.append(p)
        i += 1
    return out
