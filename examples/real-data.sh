npx valvulin download BTCUSDT 1h --since 2024-01-01
npx valvulin backtest
