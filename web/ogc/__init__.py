"""OGC API - Features under ``/ogc/``: boundaries and work for QGIS and other map programs. It only reads."""
