/* Training the 2-2-1 network of sigmoids, one sample after the other. p: w1..w6, b1..b3. */
#include <math.h>

static double f(double z) { return 1 / (1 + exp(-z)); }

void train(int epochs, int samples, const double *data, const double *target, double rate, double *p)
{
    for (int epoch = 0; epoch < epochs; epoch++)
        for (int n = 0; n < samples; n++) {
            double x1 = data[2 * n], x2 = data[2 * n + 1];
            double h1 = f(p[0] * x1 + p[1] * x2 + p[6]);
            double h2 = f(p[2] * x1 + p[3] * x2 + p[7]);
            double o = f(p[4] * h1 + p[5] * h2 + p[8]);
            double d_o = -2 * (target[n] - o) * o * (1 - o);
            double d_1 = d_o * p[4] * h1 * (1 - h1), d_2 = d_o * p[5] * h2 * (1 - h2);
            p[0] -= rate * d_1 * x1; p[1] -= rate * d_1 * x2; p[6] -= rate * d_1;
            p[2] -= rate * d_2 * x1; p[3] -= rate * d_2 * x2; p[7] -= rate * d_2;
            p[4] -= rate * d_o * h1; p[5] -= rate * d_o * h2; p[8] -= rate * d_o;
        }
}
