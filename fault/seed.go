package fault

const golden = 0x9e3779b97f4a7c15

// splitmix64 is the output function of the generator of that name: consecutive positions give
// independent draws, which the first outputs of a PCG seeded with them do not.
func splitmix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// derived is the i-th draw from a draw.
func derived(random uint64, i int) uint64 { return splitmix64(random + uint64(i+1)*golden) }

// unit is a draw as a number from 0 to 1, without the ends.
func unit(random uint64) float64 { return (float64(random>>11) + 0.5) / (1 << 53) }

// threshold is below what a draw hits at a share in percent.
func threshold(percent float64) uint64 {
	if percent >= 100 {
		return 1<<64 - 1
	}
	return uint64(percent / 100 * (1 << 63) * 2)
}
