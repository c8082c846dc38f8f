package protocol

import (
	"strconv"
	"strings"
	"time"
)

// The model's timestamp formats.
const (
	unixTimestamp = "unixTimestamp"
	iso8601       = "iso8601"
	rfc822        = "rfc822"
)

const (
	httpDate  = "Mon, 02 Jan 2006 15:04:05 GMT"
	isoMillis = "2006-01-02T15:04:05.999Z"
)

// latestEpoch ends the year 9999: what lies beyond has no calendar form.
const latestEpoch = 253402300799

// parseEpoch reads seconds since 1970 with a fraction, to the millisecond.
func parseEpoch(text string) (time.Time, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != f || f > latestEpoch || f < -latestEpoch {
		return time.Time{}, serialization("Invalid timestamp")
	}
	seconds := int64(f)
	if float64(seconds) == f {
		return time.Unix(seconds, 0).UTC(), nil
	}
	if f < 0 {
		f -= 1.0 / 2000
	} else {
		f += 1.0 / 2000 // nearest millisecond: floats hold decimals only about
	}
	return time.UnixMilli(int64(f * 1000)).UTC(), nil
}

// parseTime reads a timestamp of a format; "" takes whichever of the three it looks like.
func parseTime(text, format string) (time.Time, error) {
	text = strings.TrimSpace(text)
	switch format {
	case unixTimestamp:
		return parseEpoch(text)
	case iso8601, rfc822, "":
		for _, layout := range [...]string{time.RFC3339Nano, time.RFC1123, time.RFC1123Z, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC(), nil
			}
		}
		if format == "" {
			return parseEpoch(text)
		}
	}
	return time.Time{}, serialization("Invalid timestamp")
}

// appendTime writes a timestamp in a format, to the millisecond at most.
func appendTime(b []byte, t time.Time, format string) []byte {
	t = t.UTC()
	switch format {
	case iso8601:
		return t.AppendFormat(b, isoMillis)
	case rfc822:
		return t.AppendFormat(b, httpDate)
	}
	return appendEpoch(b, t)
}

// appendEpoch writes seconds with a fraction of three digits, or none where it is zero.
func appendEpoch(b []byte, t time.Time) []byte {
	millis := t.UnixMilli()
	if millis < 0 {
		b, millis = append(b, '-'), -millis
	}
	b = strconv.AppendInt(b, millis/1000, 10)
	if rest := millis % 1000; rest != 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
	return b
}
