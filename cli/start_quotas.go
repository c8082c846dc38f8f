package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/fis"
)

// readQuota wants the name of a quota of FIS and a number: "active-experiments=50".
func readQuota(text string) (string, error) {
	name, number, _ := strings.Cut(text, "=")
	if !slices.Contains(fis.QuotaNames(), name) {
		return "", fmt.Errorf("not a quota and a number, such as active-experiments=50; the quotas are %s", strings.Join(fis.QuotaNames(), ", "))
	}
	if n, err := strconv.Atoi(number); err != nil || n < 0 || n > 1_000_000 {
		return "", fmt.Errorf("not a number from 0 to 1000000: %q", number)
	}
	return text, nil
}

// quotasOf are the quotas of values that readQuota has taken. The last of a name counts.
func quotasOf(values []string) fis.Quotas {
	quotas := fis.Quotas{}
	for _, text := range values {
		name, number, _ := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if err == nil { // readQuota has seen to it
			quotas[name] = n
		}
	}
	return quotas
}
