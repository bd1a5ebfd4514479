panel
