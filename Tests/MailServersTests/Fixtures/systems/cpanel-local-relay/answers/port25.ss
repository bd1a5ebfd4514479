LISTEN 0      20     0.0.0.0:25 0.0.0.0:* users:(("exim",pid=18,fd=5))
LISTEN 0      20        [::]:25    [::]:* users:(("exim",pid=18,fd=4))
