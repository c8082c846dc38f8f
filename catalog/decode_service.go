package catalog

// service reads a chunk into s, whose header is known.
func (d *decoder) service(s *Service) error {
	shapes := d.shapes()
	d.errors(s, shapes)
	sets := d.errorSets(s)
	operations := make([]Operation, d.count())
	s.Operations = make([]*Operation, len(operations))
	s.operations = make(map[string]*Operation, len(operations))
	for i := range operations {
		op := &operations[i]
		op.Service, op.Name = s, d.text()
		s.Operations[i] = op
		s.operations[op.Name] = op
	}
	for i := range operations {
		d.operation(&operations[i], shapes, sets)
	}
	if d.err == nil && len(d.body) > 0 {
		d.fail()
	}
	return d.err
}

func (d *decoder) errors(s *Service, shapes []*Shape) {
	list := make([]ErrorShape, d.count())
	s.Errors = make([]*ErrorShape, len(list))
	s.errors = make(map[string]*ErrorShape, len(list))
	for i := range list {
		list[i].Name = d.text()
		s.Errors[i] = &list[i]
	}
	for i := range list {
		x := &list[i]
		flags := d.number()
		x.Sender, x.Retryable, x.Throttling = flags&1 != 0, flags&2 != 0, flags&4 != 0
		x.Status = d.number()
		x.Code = x.Name
		if flags&8 != 0 {
			x.Code = d.text()
		}
		x.Shape = of(d, shapes, d.number())
		if !has(s.errors, x.Code) {
			s.errors[x.Code] = x
		}
	}
	for _, x := range s.Errors { // a shape's own name comes before a code of another
		s.errors[x.Name] = x
	}
}

func (d *decoder) errorSets(s *Service) [][]*ErrorShape {
	sets := make([][]*ErrorShape, d.count())
	for i := range sets {
		sets[i] = make([]*ErrorShape, d.count())
		for k := range sets[i] {
			sets[i][k] = of(d, s.Errors, d.number())
		}
	}
	return sets
}

func (d *decoder) operation(op *Operation, shapes []*Shape, sets [][]*ErrorShape) {
	flags := d.number()
	on := func(bit int) bool { return flags&(1<<bit) != 0 }
	op.Errors = of(d, sets, d.number())
	op.Method, op.URI, op.Status = "POST", "/", 200
	if on(0) {
		op.Method = of(d, methods, d.number())
		op.URI = d.text()
	}
	if on(1) {
		op.Status = d.number()
	}
	if on(2) {
		op.ResultWrapper = op.Name + "Result"
	}
	if on(3) {
		op.ResultWrapper = d.text()
	}
	op.HasShapes, op.StreamingInput, op.StreamingOutput, op.Unsigned = on(4), on(5), on(6), on(7)
	op.Deprecated = on(11)
	if on(8) {
		op.HostPrefix = d.text()
	}
	if on(9) {
		op.Fields = d.fields()
	}
	if on(4) {
		op.Input = of(d, shapes, d.number())
		op.Output = of(d, shapes, d.number())
	}
	if on(10) {
		op.InputElement = d.text()
		op.InputNamespace = d.text()
	}
}

func (d *decoder) fields() []Field {
	fields := make([]Field, d.count())
	for i := range fields {
		f := &fields[i]
		f.Name = d.text()
		n := d.number()
		f.Location, f.Required = of(d, locations, n>>1), n&1 != 0
	}
	return fields
}
