"""What a page looks at: samples, planes, ways, single vectors."""
