"""What a page or a report shows: pictures with all that is said of them, one module for each page."""
