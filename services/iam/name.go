package iam

import "strings"

// checkPath is a path with what stands for none, or AWS's message about it.
func checkPath(path *string) (string, error) {
	if path == nil {
		return "/", nil
	}
	p := *path
	for i := range len(p) {
		if p[i] < 0x21 || p[i] > 0x7e {
			p = ""
			break
		}
	}
	if !strings.HasPrefix(p, "/") || !strings.HasSuffix(p, "/") || len(p) > 512 {
		return "", invalid("The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	return p, nil
}

// uniqueID is an id as IAM's: a prefix that says the kind, and 17 characters.
func (t *transaction) uniqueID(kind string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	id := []byte(kind)
	for bits, left := uint64(0), 0; len(id) < len(kind)+17; left-- {
		if left == 0 {
			bits, left = t.service.IDs.Uint64(), 12
		}
		id = append(id, alphabet[bits&31])
		bits >>= 5
	}
	return string(id)
}

func hasPrefix(path, prefix *string) bool {
	return prefix == nil || path == nil || strings.HasPrefix(*path, *prefix)
}
