package target

import (
	"cmp"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
)

var selectionForm = regexp.MustCompile(`^(?:ALL|(COUNT|PERCENT)\((\d+)\))$`)

// Choose keeps what a selection mode chooses of the resources: ALL, COUNT(n), PERCENT(n). Which ones is
// random, but always the same for the same seed and resources. PERCENT is rounded down. Of fewer than n
// COUNT takes all.
func Choose(resources []Resource, mode, seed string) []Resource {
	m := selectionForm.FindStringSubmatch(mode)
	if m == nil || m[1] == "" {
		return resources
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return resources // of more digits than anybody has resources
	}
	if m[1] == "PERCENT" {
		n = len(resources) * min(n, 100) / 100
	}
	if n >= len(resources) {
		return resources
	}
	chosen := slices.Clone(resources)
	draws := make(map[string]uint64, len(chosen))
	for _, r := range chosen {
		draws[identity(r)] = draw(seed, identity(r))
	}
	slices.SortFunc(chosen, func(a, b Resource) int {
		return cmp.Or(cmp.Compare(draws[identity(a)], draws[identity(b)]), cmp.Compare(identity(a), identity(b)))
	})
	chosen = chosen[:n]
	slices.SortFunc(chosen, func(a, b Resource) int { return cmp.Compare(identity(a), identity(b)) })
	return chosen
}

func identity(r Resource) string { return r.Account + "\x00" + r.ARN }

// draw is a number that looks random: FNV-1a of both texts, stirred by splitmix64.
func draw(seed, resource string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed + "\x00" + resource)) // never fails
	z := h.Sum64() + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
