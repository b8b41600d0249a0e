package personal

import "strings"

// The checks of numbers, each over the number without separators in upper case.

// value of a digit or letter: 0 to 9, A is 10.
func value(c byte) int {
	if c >= 'A' {
		return int(c-'A') + 10
	}
	return int(c - '0')
}

// weighted is the sum of the digits times their weights, from the left.
func weighted(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		if i < len(s) {
			sum += value(s[i]) * w
		}
	}
	return sum
}

func last(s string) int { return value(s[len(s)-1]) }

// two is the number of two digits at i.
func two(s string, i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }

// ymd and dmy: six digits that are a day.
func ymd(s string) bool { return day(two(s, 2), two(s, 4)) }
func dmy(s string) bool { return day(two(s, 2), two(s, 0)) }

func day(month, day int) bool { return month >= 1 && month <= 12 && day >= 1 && day <= 31 }

// luhn is the check of ISO/IEC 7812-1, annex B.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := value(s[len(s)-1-i])
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mod97 is the remainder of a number with letters counted as 10 to 35
// (ISO/IEC 7064, MOD 97-10).
func mod97(s string) int {
	m := 0
	for i := range len(s) {
		if v := value(s[i]); v > 9 {
			m = (m*100 + v) % 97
		} else {
			m = (m*10 + v) % 97
		}
	}
	return m
}

// mod11_10 is ISO/IEC 7064, MOD 11,10.
func mod11_10(s string) bool {
	p := 10
	for i := range len(s) - 1 {
		n := (value(s[i]) + p) % 10
		if n == 0 {
			n = 10
		}
		p = n * 2 % 11
	}
	return (11-p)%10 == last(s)
}

// myNumber: Order of the Ministry of Internal Affairs No. 85 of 2014, article 5.
func myNumber(s string) bool {
	c := 11 - weighted(s, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11
	if c >= 10 {
		c = 0
	}
	return c == last(s)
}

// drivingJapan: the check digit stands before the number of re-issues.
func drivingJapan(s string) bool {
	r := weighted(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
	c := 0
	if r > 1 {
		c = 11 - r
	}
	return c == value(s[10])
}

// ssn: the Social Security Administration never gives these.
func ssn(s string) bool {
	return s[0] != '9' && s[:3] != "000" && s[:3] != "666" && s[3:5] != "00" && s[5:] != "0000" && s != "123456789" && s != "078051120"
}

func itin(s string) bool {
	g := two(s, 3)
	return s[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g <= 92 || g >= 94)
}

func nhs(s string) bool {
	c := 11 - weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return c%11 == last(s) && c != 10
}

func nino(s string) bool {
	switch s[:2] {
	case "BG", "GB", "NK", "KN", "TN", "NT", "ZZ":
		return false
	}
	return !strings.ContainsAny(s[:1], "DFIQUV") && !strings.ContainsAny(s[1:2], "DFIOQUV") && s[8] <= 'D'
}

// steuerID: one digit of the first ten stands two or three times.
func steuerID(s string) bool {
	var n [10]int
	for i := range 10 {
		n[s[i]-'0']++
	}
	most, missing := 0, 0
	for _, k := range n {
		most = max(most, k)
		if k == 0 {
			missing++
		}
	}
	return s[0] != '0' && (most == 2 && missing == 1 || most == 3 && (missing == 1 || missing == 2)) && mod11_10(s)
}

func nir(s string) bool {
	month := two(s, 3)
	if !strings.ContainsAny(s[:1], "123478") || month == 0 || month > 12 && month < 20 {
		return false
	}
	body := s[:13]
	if s[6] == 'A' { // Corsica: 2A counts as 19, 2B as 18
		body = s[:5] + "19" + s[7:13]
	} else if s[6] == 'B' {
		body = s[:5] + "18" + s[7:13]
	}
	return letterFree(body) && letterFree(s[13:]) && 97-mod97(body) == two(s, 13)
}

func letterFree(s string) bool { return len(digitsOf(s)) == len(s) }

func dni(s string) bool {
	if s[0] > '9' && s[0] < 'X' {
		return false
	}
	n := 0
	for i := range len(s) - 1 {
		c := s[i]
		if i == 0 && c >= 'X' { // NIE
			c -= 'X' - '0'
		}
		n = n*10 + int(c-'0')
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] == s[len(s)-1]
}

// codiceFiscale: decree of 23 December 1976, odd places by a table.
func codiceFiscale(s string) bool {
	odd := [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range 15 {
		v := value(s[i])
		if v > 9 {
			v -= 10
		}
		if i%2 == 0 {
			v = odd[v]
		}
		sum += v
	}
	return strings.IndexByte("ABCDEHLMPRST", s[8]) >= 0 && byte('A'+sum%26) == s[15]
}

func bsn(s string) bool { return s != "" && weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 }

func pesel(s string) bool {
	month := two(s, 2) % 20
	return day(month, two(s, 4)) && (10-weighted(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)%10)%10 == last(s)
}

func personnummer(s string) bool {
	if len(s) == 12 {
		s = s[2:]
	}
	d := two(s, 4)
	return day(two(s, 2), (d-1)%60+1) && luhn(s) // from 61 on: co-ordination number
}

func hetu(s string) bool {
	d := digitsOf(s[:len(s)-1])
	if len(d) != 9 || !dmy(d) || len(s) == 11 && strings.IndexByte("ABCDEFUVWXY", s[6]) < 0 {
		return false
	}
	n := 0
	for i := range len(d) {
		n = n*10 + int(d[i]-'0')
	}
	return "0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31] == s[len(s)-1]
}

func fodselsnummer(s string) bool {
	return day(two(s, 2)%40, (two(s, 0)-1)%40+1) &&
		weighted(s, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighted(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

func tfn(s string) bool { return weighted(s, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 }

func medicareAU(s string) bool {
	return s[0] >= '2' && s[0] <= '6' && weighted(s, 1, 3, 7, 9, 1, 3, 7, 9)%10 == value(s[8])
}

func sin(s string) bool { return s[0] != '0' && s[0] != '8' && luhn(s) }

// verhoeff is the check of Aadhaar numbers.
func verhoeff(s string) bool {
	mul := [...]string{"0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"}
	perm := [...]string{"0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"}
	c := 0
	for i := range len(s) {
		c = int(mul[c][perm[i%8][s[len(s)-1-i]-'0']-'0'] - '0')
	}
	return c == 0
}

func aadhaar(s string) bool { return s[0] >= '2' && verhoeff(s) }

func pan(s string) bool { return strings.IndexByte("PCHABGJLFT", s[3]) >= 0 }

func cpf(s string) bool {
	digit := func(sum int) int { return sum * 10 % 11 % 10 }
	return digit(weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == value(s[9]) && digit(weighted(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == value(s[10])
}

// rrn has had no check digit since October 2020; the day and the seventh digit
// remain.
func rrn(s string) bool { return ymd(s) && s[6] >= '1' && s[6] <= '8' }

func nric(s string) bool {
	r := weighted(s[1:], 2, 7, 6, 5, 4, 3, 2)
	switch s[0] {
	case 'S':
		return "JZIHGFEDCBA"[r%11] == s[8]
	case 'T':
		return "JZIHGFEDCBA"[(r+4)%11] == s[8]
	case 'F':
		return "XWUTRQPNMLK"[r%11] == s[8]
	case 'G':
		return "XWUTRQPNMLK"[(r+4)%11] == s[8]
	case 'M':
		return "KLJNPQRTUWX"[10-(r+3)%11] == s[8]
	}
	return false
}

func residentChina(s string) bool {
	if !day(two(s, 10), two(s, 12)) || s[0] == '0' || s[6:8] != "19" && s[6:8] != "20" || !letterFree(s[:17]) {
		return false
	}
	return "10X98765432"[weighted(s, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11] == s[17]
}

func idTaiwan(s string) bool {
	n := strings.IndexByte("ABCDEFGHJKLMNPQRSTUVXYWZIO", s[0]) + 10
	return (s[1] == '1' || s[1] == '2' || s[1] == '8' || s[1] == '9') &&
		(n/10+n%10*9+weighted(s[1:], 8, 7, 6, 5, 4, 3, 2, 1, 1))%10 == 0
}

func idHongKong(s string) bool {
	sum := 36*9 + value(s[0])*8 + weighted(s[1:7], 7, 6, 5, 4, 3, 2) + last(s)
	return sum%11 == 0
}

func idThailand(s string) bool {
	return s[0] != '0' && (11-weighted(s, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10 == last(s)
}

func idSouthAfrica(s string) bool { return ymd(s) && s[10] <= '1' && luhn(s) }

func idTurkey(s string) bool {
	odd, even := 0, 0
	for i := range 9 {
		if i%2 == 0 {
			odd += value(s[i])
		} else {
			even += value(s[i])
		}
	}
	c := ((odd*7-even)%10 + 10) % 10
	return s[0] != '0' && c == value(s[9]) && (odd+even+c)%10 == last(s)
}

func curp(s string) bool {
	const order = "0123456789ABCDEFGHIJKLMN\x00OPQRSTUVWXYZ"
	sum := 0
	for i := range 17 {
		sum += strings.IndexByte(order, s[i]) * (18 - i)
	}
	return ymd(s[4:]) && (s[10] == 'H' || s[10] == 'M' || s[10] == 'X') && (10-sum%10)%10 == last(s)
}

func rut(s string) bool {
	sum, w := 0, 2
	for i := len(s) - 2; i >= 0; i-- {
		sum += value(s[i]) * w
		if w++; w > 7 {
			w = 2
		}
	}
	return "0K987654321"[sum%11] == s[len(s)-1]
}

func ean13(s string) bool {
	return (10-weighted(s, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)%10)%10 == last(s)
}

func svnrAustria(s string) bool {
	return s[0] != '0' && weighted(s, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)%11 == value(s[3]) && day((two(s, 6)-1)%12+1, two(s, 4))
}

func nrnBelgium(s string) bool {
	return two(s, 2) <= 12 && two(s, 4) <= 31 && (97-mod97(s[:9]) == two(s, 9) || 97-mod97("2"+s[:9]) == two(s, 9))
}

func ppsn(s string) bool {
	sum := weighted(s, 8, 7, 6, 5, 4, 3, 2)
	if len(s) == 9 && s[8] != 'W' {
		sum += int(s[8]-'A'+1) * 9
	}
	return "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] == s[7]
}

func rodneCislo(s string) bool {
	n := 0
	for i := range len(s) {
		n = (n*10 + value(s[i])) % 11
	}
	month := two(s, 2) % 50
	return n == 0 && day(month%20, two(s, 4))
}

func cnpRomania(s string) bool {
	c := weighted(s, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
	return s[0] != '0' && ymd(s[1:]) && c%10 == last(s)
}

func egn(s string) bool {
	return day(two(s, 2)%20, two(s, 4)) && weighted(s, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == last(s)
}

func baltic(s string) bool {
	c := weighted(s, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1) % 11
	if c == 10 {
		c = weighted(s, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3) % 11 % 10
	}
	return s[0] >= '1' && s[0] <= '6' && ymd(s[1:]) && c == last(s)
}

func amka(s string) bool { return dmy(s) && luhn(s) }

func irdNewZealand(s string) bool {
	s = strings.Repeat("0", 9-len(s)) + s
	c := 11 - weighted(s, 3, 2, 7, 6, 5, 4, 3, 2)%11
	if c == 10 {
		c = 11 - weighted(s, 7, 4, 3, 2, 5, 2, 7, 6)%11
	}
	return c%11 == last(s)
}

func nricMalaysia(s string) bool { return ymd(s) }
func cpr(s string) bool          { return dmy(s) }
func ktp(s string) bool {
	d := two(s, 6)
	return s[0] >= '1' && day(two(s, 8), (d-1)%40+1)
}

// insurerJapan: insurers' numbers of eight digits end in a check digit.
func insurerJapan(s string) bool {
	sum := 0
	for i := range 7 {
		d := value(s[i])
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return (10-sum%10)%10 == last(s)
}
