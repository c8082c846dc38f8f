package catalog

import (
	"cmp"
	_ "embed"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// BOTOCORE_DATA is the folder "data" of an installed botocore.
//go:generate go run ../internal/apigen -models $BOTOCORE_DATA -out ..

// SourceVersion is the version of botocore whose models the embedded table was made from.
const SourceVersion = "1.43.11"

//go:embed catalog.bin
var embedded string

// standard is the embedded table. Nothing of it is read before the first question.
var standard = sync.OnceValue(func() *Table {
	t, err := Open(embedded)
	if err != nil {
		panic(err) // the binary itself is broken
	}
	return t
})

// Lookup finds a service by any name that people and tools use: botocore's ("stepfunctions"), an
// alias ("sfn", "states"), the service id with or without blanks in any case ("DynamoDB Streams"),
// or the signing name or endpoint prefix where only one service has it. nil when there is none.
// Exact names cost no allocation.
func Lookup(name string) *Service { return standard().Lookup(name) }

// Names are botocore's names of all services, in order.
func Names() []string { return standard().Names() }

// All is every service in order of their names. It decodes them all: some 50 ms and 9 MB.
func All() iter.Seq[*Service] { return standard().All() }

// BySigningName are the services that sign with this name: several share "rds" or "ses". The order
// is likeliest first. The slice is shared: do not change it.
func BySigningName(name string) []*Service { return standard().BySigningName(name) }

// ByTargetPrefix are the services whose X-Amz-Target begins with this and a dot, or whose CBOR path
// holds it as service. The slice is shared: do not change it.
func ByTargetPrefix(prefix string) []*Service { return standard().ByTargetPrefix(prefix) }

// ByEndpointPrefix are the services whose host begins with this ("monitoring", "streams.dynamodb").
// The slice is shared: do not change it.
func ByEndpointPrefix(prefix string) []*Service { return standard().ByEndpointPrefix(prefix) }

// ByAPIVersion are the services that speak a query protocol and have this as Version ("2010-08-01").
// The slice is shared: do not change it.
func ByAPIVersion(version string) []*Service { return standard().ByAPIVersion(version) }

// Speaking are the services that speak a protocol, in order of their names; it decodes them.
func Speaking(protocol string) []*Service { return standard().Speaking(protocol) }

// Table is a table as Encode writes it. It is immutable to its users and safe for concurrent use;
// each service is decoded when it is first asked for, and asking again takes no lock.
type Table struct {
	// Source is what the table was made from: "botocore 1.43.11".
	Source string

	dictionary []byte
	entries    []entry
	exact      map[string]*entry // names, ids, aliases, unique signing names and endpoint prefixes
	loose      map[string]*entry // the same without blanks, dashes and capitals

	bySigningName, byTargetPrefix, byEndpointPrefix, byAPIVersion map[string]*group
}

// entry is one service; only its header is known until load.
type entry struct {
	table   *Table
	once    sync.Once
	service Service
	size    int
	packed  string
}

// load decodes the service. It panics when the table is corrupt, which no input of a user can bring about.
func (e *entry) load() *Service {
	e.once.Do(func() {
		raw, err := inflate(e.packed, e.size, e.table.dictionary)
		if err == nil {
			err = newDecoder(raw).service(&e.service)
		}
		if err != nil {
			panic(fmt.Errorf("service %s: %w", e.service.Name, err))
		}
	})
	return &e.service
}

// group is the services that have something in common.
type group struct {
	entries  []*entry
	once     sync.Once
	services []*Service
}

func (g *group) load() []*Service {
	if g == nil {
		return nil
	}
	g.once.Do(func() {
		for _, e := range g.entries {
			g.services = append(g.services, e.load())
		}
	})
	return g.services
}

// Open reads the head and the index of a table; services are read when they are asked for.
func Open(data string) (*Table, error) {
	rest, ok := strings.CutPrefix(data, magic)
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin as one of this version", errCorrupt)
	}
	source, rest, ok := strings.Cut(rest, "\n")
	if !ok {
		return nil, errCorrupt
	}
	var lengths [4]int
	for i := range lengths {
		n, size := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if size <= 0 || n > 1<<24 {
			return nil, errCorrupt
		}
		lengths[i], rest = int(n), rest[size:]
	}
	if lengths[1]+lengths[3] > len(rest) {
		return nil, errCorrupt
	}
	t := &Table{Source: source}
	var err error
	if t.dictionary, err = inflate(rest[:lengths[1]], lengths[0], nil); err != nil {
		return nil, err
	}
	rest = rest[lengths[1]:]
	index, err := inflate(rest[:lengths[3]], lengths[2], nil)
	if err != nil {
		return nil, err
	}
	return t, t.readIndex(newDecoder(index), rest[lengths[3]:])
}

func (t *Table) readIndex(d *decoder, chunks string) error {
	t.entries = make([]entry, d.count())
	for i := range t.entries {
		e := &t.entries[i]
		e.table = t
		d.header(&e.service)
		e.service.Traits = traits[e.service.Name]
		e.size = d.number()
		n := d.number()
		if d.err != nil || n > len(chunks) {
			return errCorrupt
		}
		e.packed, chunks = chunks[:n], chunks[n:]
	}
	t.group()
	t.name()
	return nil
}

// group sorts the services by what requests say of them.
func (t *Table) group() {
	t.bySigningName = map[string]*group{}
	t.byTargetPrefix = map[string]*group{}
	t.byEndpointPrefix = map[string]*group{}
	t.byAPIVersion = map[string]*group{}
	for i := range t.entries {
		e := &t.entries[i]
		for _, name := range slices.Concat(moreSigningNames[e.service.Name], []string{e.service.SigningName}) {
			put(t.bySigningName, name, e)
		}
		for _, prefix := range slices.Concat(moreEndpointPrefixes[e.service.Name], []string{e.service.EndpointPrefix}) {
			put(t.byEndpointPrefix, prefix, e)
		}
		if prefix := e.service.TargetPrefix; prefix != "" {
			put(t.byTargetPrefix, prefix, e)
			if dot := strings.LastIndexByte(prefix, '.'); dot >= 0 { // all SDKs but botocore's leave out the namespace
				put(t.byTargetPrefix, prefix[dot+1:], e)
			}
		}
		if e.service.Speaks(Query) || e.service.Speaks(EC2) {
			put(t.byAPIVersion, e.service.APIVersion, e)
		}
	}
	for name, g := range t.bySigningName {
		// The service that bears the signing name is the likeliest: rds before docdb.
		slices.SortStableFunc(g.entries, func(a, b *entry) int {
			return cmp.Or(bit(b.service.Name == name)-bit(a.service.Name == name), rank[a.service.Name]-rank[b.service.Name])
		})
	}
	for _, m := range []map[string]*group{t.byTargetPrefix, t.byEndpointPrefix, t.byAPIVersion} {
		for _, g := range m {
			slices.SortStableFunc(g.entries, func(a, b *entry) int { return rank[a.service.Name] - rank[b.service.Name] })
		}
	}
}

func put(m map[string]*group, key string, e *entry) {
	if m[key] == nil {
		m[key] = &group{}
	}
	m[key].entries = append(m[key].entries, e)
}

// Lookup is as the function of that name.
func (t *Table) Lookup(name string) *Service {
	e := t.exact[name]
	if e == nil {
		var buffer [64]byte
		e = t.loose[string(appendLoose(buffer[:0], name))]
	}
	if e == nil {
		return nil
	}
	return e.load()
}

// Names is as the function of that name.
func (t *Table) Names() []string {
	names := make([]string, len(t.entries))
	for i := range t.entries {
		names[i] = t.entries[i].service.Name
	}
	return names
}

// All is as the function of that name.
func (t *Table) All() iter.Seq[*Service] {
	return func(yield func(*Service) bool) {
		for i := range t.entries {
			if !yield(t.entries[i].load()) {
				return
			}
		}
	}
}

// Speaking is as the function of that name.
func (t *Table) Speaking(protocol string) []*Service {
	var services []*Service
	for i := range t.entries {
		if t.entries[i].service.Speaks(protocol) {
			services = append(services, t.entries[i].load())
		}
	}
	return services
}

// BySigningName is as the function of that name.
func (t *Table) BySigningName(name string) []*Service { return t.bySigningName[name].load() }

// ByTargetPrefix is as the function of that name.
func (t *Table) ByTargetPrefix(prefix string) []*Service { return t.byTargetPrefix[prefix].load() }

// ByEndpointPrefix is as the function of that name.
func (t *Table) ByEndpointPrefix(prefix string) []*Service { return t.byEndpointPrefix[prefix].load() }

// ByAPIVersion is as the function of that name.
func (t *Table) ByAPIVersion(version string) []*Service { return t.byAPIVersion[version].load() }
