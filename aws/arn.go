package aws

import "strings"

// ARN is an Amazon Resource Name, split at its first five colons.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// NewARN is an ARN in the partition that the region belongs to.
func NewARN(service, region, account, resource string) ARN {
	return ARN{Partition: Partition(region), Service: service, Region: region, Account: account, Resource: resource}
}

// String is "arn:partition:service:region:account:resource".
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// ParseARN splits text; ok is false when it has fewer than six parts or does not begin with "arn:".
func ParseARN(text string) (arn ARN, ok bool) {
	rest, ok := strings.CutPrefix(text, "arn:")
	if !ok {
		return ARN{}, false
	}
	var parts [4]string
	for i := range parts {
		if parts[i], rest, ok = strings.Cut(rest, ":"); !ok {
			return ARN{}, false
		}
	}
	return ARN{parts[0], parts[1], parts[2], parts[3], rest}, true
}

// RelativeName is what an ARN ends in, from the sixth part on: "table/Orders". Empty when text has fewer parts.
func RelativeName(text string) string {
	for range 5 {
		at := strings.IndexByte(text, ':')
		if at < 0 {
			return ""
		}
		text = text[at+1:]
	}
	return text
}
