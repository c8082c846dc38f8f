package dynamodb

// checkNew judges the stream of a table that is being created. AWS calls the member UpdateViewType.
func (spec *StreamSpecification) checkNew() error {
	switch {
	case spec == nil:
	case *spec.StreamEnabled && spec.StreamViewType == nil:
		return invalidParameter("Table is being created with a stream enabled, UpdateViewType is required")
	case !*spec.StreamEnabled && spec.StreamViewType != nil:
		return invalidParameter("Table is being created with a stream disabled, UpdateViewType should not be specified")
	}
	return nil
}

// checkChange judges what UpdateTable asks for, as far as it can without the table.
func (spec *StreamSpecification) checkChange() error {
	switch {
	case spec == nil:
	case *spec.StreamEnabled && spec.StreamViewType == nil:
		return invalidParameter("If stream is being enabled then UpdateViewType is required")
	case !*spec.StreamEnabled && spec.StreamViewType != nil:
		return invalidParameter("If stream is being disabled, then UpdateViewType must not be specified")
	}
	return nil
}

// streamSpecification checks the members.
func (c *constraints) streamSpecification(spec *StreamSpecification) {
	if spec != nil {
		c.required("streamSpecification.streamEnabled", spec.StreamEnabled == nil)
		c.oneOf("streamSpecification.streamViewType", spec.StreamViewType, enumView)
	}
}

// updateStream carries out what UpdateTable asks for on the table's next descriptor.
func (s *Service) updateStream(change *streamChange, d *descriptor, spec *StreamSpecification) error {
	enabled := d.Stream != nil && d.Stream.Enabled
	switch {
	case spec == nil:
	case *spec.StreamEnabled && enabled:
		return invalid("Table already has an enabled stream: TableName: " + d.Name)
	case !*spec.StreamEnabled && !enabled:
		return invalid("Table has no stream to disable: TableName: " + d.Name)
	case *spec.StreamEnabled:
		s.enableStream(change, d, *spec.StreamViewType)
	case len(d.Replicas) > 0:
		return invalidParameter("Disabling Stream is not allowed for a Global Table replica.")
	default:
		s.disableStream(change, d)
	}
	return nil
}

// describeStream adds the stream to a table's description: its name stays when it has ended.
func (d *descriptor) describeStream(out *TableDescription) {
	if d.Stream == nil {
		return
	}
	out.LatestStreamLabel, out.LatestStreamArn = new(d.Stream.Label), new(d.arn()+streamPart+d.Stream.Label)
	if d.Stream.Enabled {
		out.StreamSpecification = &StreamSpecification{StreamEnabled: new(true), StreamViewType: new(d.Stream.ViewType)}
	}
}
